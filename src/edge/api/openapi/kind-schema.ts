import type { JsonObject } from "../../../core/base/json.ts";
import type { JsonSchema } from "../../../core/base/json-schema.ts";
import type { ResourceKindDescriptor } from "../../../core/model/kind.ts";
import { count, described, fields, labels, listOf, ref, text, time } from "./schema.ts";

/** Durations as Go writes them. The format `duration` of JSON Schema means ISO 8601, which these are not. */
export const goDuration = "^[-+]?(0|([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$";

/** A resource of a kind in the Universal form, as it is written and read. */
export function resourceSchema(kind: ResourceKindDescriptor): JsonObject {
  const inMesh: Readonly<Record<string, JsonObject>> = kind.scope === "Mesh" ? { mesh: described(text, "The mesh that it is in.") } : {};
  const spec = specSchema(kind.specSchema);
  const own = kind.fieldsAtTop ? (spec["properties"] as Readonly<Record<string, JsonObject>>) : { spec };
  const requiredOwn = kind.fieldsAtTop ? (kind.specSchema.required ?? []) : ["spec"];
  const always = { type: { const: kind.kind }, ...inMesh, name: described(text, "Unique among the resources of its kind in its mesh.") };
  const schema = fields(always, { ...metaFields, ...own, status: ref("ResourceStatus") });
  return { ...schema, description: kind.specSchema.description ?? "", required: [...Object.keys(always), ...requiredOwn] };
}

const metaFields: Readonly<Record<string, JsonObject>> = {
  creationTime: described(time, "Set by the store; ignored when it is written."),
  modificationTime: described(time, "Set by the store; ignored when it is written. Also the `ETag`."),
  labels: described(labels, "The control plane adds some labels of its own; `kuma.io/origin`, `kuma.io/zone` and `kuma.io/display-name` cannot be changed."),
  kri: described(text, "Resource identifier; made from the rest and ignored when it is written."),
};

/** A resource in the Kubernetes form, as `?format=kubernetes` gives it. */
export const kubernetesObjectSchema: JsonObject = fields(
  {
    apiVersion: text,
    kind: text,
    metadata: fields({ name: text }, { namespace: text, labels, creationTimestamp: time }),
    spec: { type: "object", additionalProperties: true },
  },
  { mesh: text },
);

/** What is said of a resource beside what its author wrote. */
export const resourceStatusSchema: JsonObject = fields(
  {},
  {
    proxies: described(
      fields({ selected: count, connected: count, programmed: count, pending: count, rejecting: count }),
      "How many proxies it is for, and of these how many are connected here, run with it, have to answer yet, and refuse something of it.",
    ),
    rejections: described(listOf(ref("Rejection")), "What connected proxies refuse of what this resource made."),
    notices: described(listOf(fields({ code: text, path: text, message: text })), "What may surprise its author."),
  },
);

export const rejectionSchema: JsonObject = fields({ proxy: fields({ mesh: text, name: text }), type: text, resources: listOf(text), message: text, since: time });

const onlyForKubernetes: ReadonlySet<string> = new Set(["rules", "kubernetes", "listMapKeys"]);

/** A schema of ours in the words of OpenAPI 3.1; what is only for Kubernetes' API server is left out. */
export function specSchema(schema: JsonSchema): JsonObject {
  const { properties, items, additionalProperties, format, ...others } = schema;
  const rest = Object.fromEntries(Object.entries(others).filter(([keyword]) => !onlyForKubernetes.has(keyword))) as JsonObject;
  const inner = Object.entries(properties ?? {}).map(([name, property]) => [name, specSchema(property)] as const);
  return {
    ...rest,
    ...(format === undefined ? {} : { pattern: goDuration }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner) }),
    ...(items === undefined ? {} : { items: specSchema(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: additionalProperties === true ? true : specSchema(additionalProperties) }),
  };
}
