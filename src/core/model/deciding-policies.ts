import type { Decisions } from "./plan.ts";
import type { ResourceKey } from "./resource.ts";

/** The policies that decided something, each once. `mesh`: the one they are in. */
export function decidingPolicies(decidedBy: Decisions, mesh: string): readonly ResourceKey[] {
  return Object.entries(decidedBy).flatMap(([kind, byPath]) => {
    const names = new Set(Object.values(byPath).map(({ policy }) => policy));
    return [...names].map((name) => ({ kind, mesh, name }));
  });
}
