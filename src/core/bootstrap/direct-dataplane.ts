import { asObject } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { parseResource } from "../policy/parse-resource.ts";

/** One document of a text: its value, or why it has none. */
export type ReadDocument = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly violations: readonly Violation[] };

export type DirectDataplane =
  | { readonly ok: true; readonly dataplane: Dataplane }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * The Dataplane that a proxy brings along: one document, of this mesh and name. Without `mesh` or `name` it is the proxy's own, as
 * with kuma-dp. All that is wrong is told at once.
 */
export function directDataplane(documents: readonly ReadDocument[], proxy: { readonly mesh: string; readonly name: string }): DirectDataplane {
  const [document, ...more] = documents;
  if (document === undefined || more.length > 0) return refused("", `has to be one document, and is ${documents.length}`);
  if (!document.ok) return { ok: false, violations: document.violations };
  const parsed = parseResource(withOwnName(document.value, proxy));
  const { kind, mesh, name } = (parsed.ok ? parsed.resource : parsed.key) ?? {};
  const violations = [
    ...(parsed.ok ? [] : parsed.violations),
    ...(kind === undefined || kind === "Dataplane" ? [] : [{ path: "type", message: `has to be Dataplane, is ${kind}` }]),
    ...mismatch("mesh", mesh, proxy.mesh),
    ...mismatch("name", name, proxy.name),
  ];
  if (violations.length > 0 || !parsed.ok) return { ok: false, violations };
  return { ok: true, dataplane: parsed.resource as Dataplane };
}

function withOwnName(value: unknown, proxy: { readonly mesh: string; readonly name: string }): unknown {
  const fields = asObject(value);
  if (fields?.["type"] === undefined) return value;
  return { ...fields, mesh: fields["mesh"] ?? proxy.mesh, name: fields["name"] ?? proxy.name };
}

function mismatch(path: string, said: string | undefined, meant: string): readonly Violation[] {
  if (said === undefined || said === "" || said === meant) return [];
  return [{ path, message: `is ${JSON.stringify(said)}, and the proxy's is ${JSON.stringify(meant)}` }];
}

function refused(path: string, message: string): DirectDataplane {
  return { ok: false, violations: [{ path, message }] };
}

/** Violations in one line, as Kuma's validation errors print. */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
}
