import { fieldPath } from "../base/field-path.ts";
import type { Violation } from "../base/violation.ts";
import type { ContainerSpec } from "./pod-spec.ts";
import { probersVariable, type Prober } from "./prober.ts";
import { decodeProbers, encodeProbers } from "./probers-text.ts";

/** Linux takes no longer text than this for one variable, `NAME=` and the end of it included: the container would never start. */
const longestVariable = 131_072;

export type VariableProbers = { readonly ok: true; readonly probers: ReadonlyMap<string, Prober> } | { readonly ok: false; readonly violation: Violation };

/** What a sidecar has been handed already; none when the variable is not there. `path` is the container's. */
export function probersOf(sidecar: ContainerSpec, path: string): VariableProbers {
  const index = indexIn(sidecar);
  const variable = sidecar.env?.[index];
  if (variable === undefined) return { ok: true, probers: new Map() };
  const valuePath = `${path}.env[${index}].value`;
  if (variable.valueFrom !== undefined) {
    return { ok: false, violation: { path: valuePath, message: `${probersVariable} is taken from elsewhere, so that no probes can be added` } };
  }
  const decoded = decodeProbers(variable.value ?? "");
  return decoded.ok ? decoded : { ok: false, violation: { path: valuePath, message: `${probersVariable}: ${decoded.problems.join("; ")}` } };
}

/** The sidecar with these probers in its variable: in its place, or at the end. A violation when they are too many. */
export function withProbers(
  sidecar: ContainerSpec,
  probers: ReadonlyMap<string, Prober>,
  path: string,
): { readonly ok: true; readonly sidecar: ContainerSpec } | { readonly ok: false; readonly violation: Violation } {
  const value = encodeProbers(probers);
  const bytes = new TextEncoder().encode(`${probersVariable}=${value}\0`).length;
  if (bytes > longestVariable) {
    const message = `${probersVariable} would have ${bytes} bytes for ${probers.size} probes, and Linux takes ${longestVariable} at most`;
    return { ok: false, violation: { path: fieldPath(path, "env"), message } };
  }
  const index = indexIn(sidecar);
  const env = sidecar.env ?? [];
  const variable = { name: probersVariable, value };
  return { ok: true, sidecar: { ...sidecar, env: index < 0 ? [...env, variable] : env.with(index, variable) } };
}

/** The last one of the name is the one that counts. */
function indexIn({ env = [] }: ContainerSpec): number {
  return env.findLastIndex(({ name }) => name === probersVariable);
}
