import { asObject, asString, jsonTypeOf, ownField } from "../base/json.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import { didYouMean } from "../base/nearest-name.ts";
import { unknownField } from "../base/shape-by-schema.ts";
import type { UnknownField } from "../base/shape-by-schema.ts";
import type { Violation } from "../base/violation.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import { labelNames } from "../model/label-names.ts";
import { kindNamed, resourceKinds } from "./registry.ts";

/** A document taken apart, nothing checked yet; the values are as they were written. */
export interface Draft {
  readonly kind: ResourceKindDescriptor;
  readonly name: JsonValue | undefined;
  readonly mesh: JsonValue;
  readonly labels: JsonValue | undefined;
  /** Present for a namespaced Kubernetes object only. */
  readonly namespace?: JsonValue;
  readonly spec: JsonValue | undefined;
  /** Where the parts stand, for violations. */
  readonly at: { readonly name: string; readonly mesh: string; readonly labels: string; readonly namespace: string; readonly spec: string };
  readonly unknown: readonly UnknownField[];
}

export type DraftResult = { readonly draft: Draft } | { readonly violation: Violation };

/** What Kuma and Kubernetes tools write beside the spec; ignored without a word. */
const universalFields = ["type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri", "snis", "status"];
const kubernetesFields = ["apiVersion", "kind", "metadata", "status"];

const apiVersion = "kuma.io/v1alpha1";

/** Takes a document apart, in whichever of the two forms it is written: Universal (`type`) or Kubernetes (`apiVersion`, `kind`). */
export function readForm(document: JsonValue | undefined): DraftResult {
  const fields = asObject(document) as JsonObject | undefined;
  if (fields === undefined) return refused("", `in body must be of type object: "${document === undefined ? "null" : jsonTypeOf(document)}"`);
  const kubernetes = ownField(fields, "type") === undefined && ["apiVersion", "kind", "metadata"].some((name) => Object.hasOwn(fields, name));
  return kubernetes ? readKubernetes(fields) : readUniversal(fields);
}

function readUniversal(fields: JsonObject): DraftResult {
  const found = findKind(fields["type"], "type");
  if ("violation" in found) return found;
  const { kind } = found;
  const own = Object.keys(kind.specSchema.properties ?? {});
  const top = kind.fieldsAtTop ? [...universalFields, ...own] : [...universalFields, "spec"];
  const spec = kind.fieldsAtTop ? pick(fields, (name) => !universalFields.includes(name)) : fields["spec"];
  const unknown = kind.fieldsAtTop ? [] : unknownIn(fields, top, "");
  const mesh = kind.scope === "Global" ? "" : (fields["mesh"] ?? "default");
  const at = { name: "name", mesh: "mesh", labels: "labels", namespace: "", spec: kind.fieldsAtTop ? "" : "spec" };
  return { draft: { kind, name: fields["name"], mesh, labels: fields["labels"], spec, at, unknown } };
}

function readKubernetes(fields: JsonObject): DraftResult {
  const version = fields["apiVersion"];
  if (version !== apiVersion) {
    const said = version === undefined ? "in body is required" : `must be ${apiVersion}, is ${JSON.stringify(version)}`;
    return refused("apiVersion", said);
  }
  const found = findKind(fields["kind"], "kind");
  if ("violation" in found) return found;
  const { kind } = found;
  const metadata = fields["metadata"];
  if (metadata === undefined) return refused("metadata", "in body is required");
  const meta = asObject(metadata) as JsonObject | undefined;
  if (meta === undefined) return refused("metadata", `in body must be of type object: "${jsonTypeOf(metadata)}"`);
  const labels = meta["labels"];
  const mesh = kind.scope === "Global" ? "" : ((asObject(labels)?.[labelNames.mesh] as JsonValue | undefined) ?? "default");
  const namespace = kind.scope === "Global" ? {} : { namespace: meta["namespace"] ?? "default" };
  const at = { name: "metadata.name", mesh: `metadata.labels["${labelNames.mesh}"]`, labels: "metadata.labels", namespace: "metadata.namespace", spec: "spec" };
  const spec = fields["spec"] ?? (kind.fieldsAtTop ? {} : undefined);
  return { draft: { kind, name: meta["name"], mesh, labels, ...namespace, spec, at, unknown: unknownIn(fields, [...kubernetesFields, "spec"], "") } };
}

/** Kinds of Kuma's that are refused for a reason. */
const refusedKinds: ReadonlyMap<string, string> = new Map([
  ["MeshGateway", "builtin gateways are not served"],
  ["MeshMultiZoneService", "a mesh has one zone here"],
  ["Zone", "a mesh has one zone here"],
  ["ZoneIngress", "a mesh has one zone here"],
  ["ZoneEgress", "a mesh has one zone here"],
]);

function findKind(value: JsonValue | undefined, path: string): { readonly kind: ResourceKindDescriptor } | { readonly violation: Violation } {
  if (value === undefined) {
    return refused(path, path === "type" ? "in body is required (or apiVersion and kind, in the Kubernetes form)" : "in body is required");
  }
  const name = asString(value);
  if (name === undefined) return refused(path, `in body must be of type string: "${jsonTypeOf(value)}"`);
  const kind = kindNamed(name);
  if (kind !== undefined) return { kind };
  const reason = refusedKinds.get(name);
  if (reason !== undefined) return refused(path, `kind ${JSON.stringify(name)} is not supported: ${reason}`);
  const known = resourceKinds.map(({ kind: each }) => each);
  return refused(path, `unknown kind ${JSON.stringify(name.slice(0, 80))}, known are ${known.join(", ")}${didYouMean(name, known)}`);
}

function refused(path: string, message: string): { readonly violation: Violation } {
  return { violation: { path, message } };
}

function pick(fields: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => wanted(name)));
}

function unknownIn(fields: JsonObject, known: readonly string[], path: string): readonly UnknownField[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => unknownField(path, name, known));
}
