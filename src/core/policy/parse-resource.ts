import { checkSchema } from "../base/check-schema.ts";
import { copyJson } from "../base/copy-json.ts";
import { deepFreeze } from "../base/deep-freeze.ts";
import { joinPaths } from "../base/field-path.ts";
import { asString } from "../base/json.ts";
import type { Notice } from "../base/notice.ts";
import { shapeBySchema } from "../base/shape-by-schema.ts";
import type { UnknownField } from "../base/shape-by-schema.ts";
import type { Violation } from "../base/violation.ts";
import { labelNames } from "../model/label-names.ts";
import { systemNamespaces } from "../model/namespaces.ts";
import type { Labels, ResourceKey } from "../model/resource.ts";
import { labelProblems, labelsOf, meshProblems, nameProblems } from "./check-meta.ts";
import { defaultCompatibility } from "./compatibility.ts";
import type { Compatibility } from "./compatibility.ts";
import type { ParseResult } from "./parse-result.ts";
import { policyRole } from "./policy-role.ts";
import { readForm } from "./read-form.ts";
import type { Draft } from "./read-form.ts";
import { policyKindNamed } from "./registry.ts";

export type { ParseResult } from "./parse-result.ts";
export { formatResource } from "./format-resource.ts";

/** More are not told: nobody reads them, and a document can be made to have millions. */
const maxViolations = 100;

/**
 * Makes a resource of one document (as a JSON or YAML parser gave it), in Universal or Kubernetes form; or says all that is wrong
 * with it, each with the path of its field. Never throws. Unknown fields are left out and told as notices; null means absent;
 * durations come out in Go's normal form. Times are not read: they are a store's to set. Policies in the namespaces `system` are the
 * operators'; what a document says of its own role does not count.
 */
export function parseResource(document: unknown, compatibility: Compatibility = defaultCompatibility, system: readonly string[] = systemNamespaces): ParseResult {
  const copied = copyJson(document);
  const form = readForm(copied.value);
  if ("violation" in form) return { ok: false, violations: capped([...copied.violations, form.violation]) };
  const { draft } = form;
  const key = keyOf(draft);
  const violations = [...copied.violations, ...metaViolations(draft), ...specViolations(draft, compatibility, system)];
  if (violations.length > 0 || key === undefined) return { ok: false, ...(key === undefined ? {} : { key }), violations: capped(violations) };
  const unknown = [...draft.unknown];
  const shaped = shapeBySchema(draft.kind.specSchema, draft.spec ?? {}, draft.at.spec, unknown);
  const resource = { ...key, labels: finalLabels(draft, system), spec: draft.kind.normalize(shaped) };
  return deepFreeze({ ok: true, resource, notices: unknown.map((field) => noticeOf(field, key, draft)) });
}

function keyOf(draft: Draft): ResourceKey | undefined {
  const [name, mesh] = [asString(draft.name), asString(draft.mesh)];
  if (name === undefined || mesh === undefined) return undefined;
  const namespace = asString(draft.namespace);
  return { kind: draft.kind.kind, mesh, name: namespace === undefined ? name : `${name}.${namespace}` };
}

function metaViolations(draft: Draft): readonly Violation[] {
  return [
    ...nameProblems(draft.name, draft.at.name),
    ...(draft.kind.scope === "Global" ? [] : meshProblems(draft.mesh, draft.at.mesh)),
    ...(draft.namespace === undefined ? [] : nameProblems(draft.namespace, draft.at.namespace)),
    ...labelProblems(draft.labels, draft.at.labels, draft.mesh),
  ];
}

/** The schema's violations, then those of the rules; where the schema has said something of a field, the rules are silent. */
function specViolations(draft: Draft, compatibility: Compatibility, system: readonly string[]): readonly Violation[] {
  const { kind, spec, at } = draft;
  if (spec === undefined) return [{ path: at.spec, message: "in body is required" }];
  const shape = checkSchema(kind.specSchema, spec);
  const told = new Set(shape.map(({ path }) => path));
  const policyKind = policyKindNamed(kind.kind);
  const rules = policyKind === undefined ? kind.validate(spec) : policyKind.validate(spec, compatibility);
  const role = roleProblems(draft, system);
  const all = [...shape, ...rules.filter(({ path }) => !told.has(path)), ...role];
  return all.map(({ path, message }) => ({ path: joinPaths(at.spec, path), message }));
}

/** In the texts of Kuma 2.14. */
function roleProblems({ kind, spec, namespace }: Draft, system: readonly string[]): readonly Violation[] {
  const lists = policyKindNamed(kind.kind)?.lists;
  if (lists === undefined) return [];
  const role = policyRole(spec, lists, asString(namespace), system);
  if (role === "mixed") return [{ path: "to", message: "it's not allowed to mix producer and consumer items in the same policy" }];
  return role === "mixed-lists" ? [{ path: "", message: "it's not allowed to mix 'to' and 'from' arrays in the same policy" }] : [];
}

function finalLabels(draft: Draft, system: readonly string[]): Labels {
  const written = labelsOf(draft.labels);
  const namespace = asString(draft.namespace);
  if (namespace === undefined) return written;
  const lists = policyKindNamed(draft.kind.kind)?.lists;
  const role = lists === undefined ? {} : { [labelNames.policyRole]: policyRole(draft.spec, lists, namespace, system) };
  return { ...written, [labelNames.displayName]: asString(draft.name) ?? "", [labelNames.namespace]: namespace, ...role };
}

function noticeOf(field: UnknownField, about: ResourceKey, draft: Draft): Notice {
  const hint = field.path === "spec.from" && policyKindNamed(draft.kind.kind)?.inbound === undefined;
  const message = hint ? `${draft.kind.kind} has no \`from\`: it is about traffic that leaves a proxy (\`to\`); ignored` : field.message;
  return { code: "unknown-field", about, path: field.path, message };
}

function capped(violations: readonly Violation[]): readonly Violation[] {
  if (violations.length <= maxViolations) return violations;
  return [...violations.slice(0, maxViolations), { path: "", message: `and ${violations.length - maxViolations} more` }];
}
