import type { Dataplane } from "../model/dataplane.ts";
import type { InboundPlan } from "../model/plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { compareEntries } from "./inbound-entries.ts";
import type { RankedEntry } from "./inbound-entries.ts";
import { inboundPlaces } from "./inbounds.ts";
import { outlineOf } from "./outline.ts";
import { isShadow, selectedProxies } from "./select-policies.ts";
import { groupsOfKind, sampled, sampleSize } from "./survey-calls.ts";

/** An inbound that a policy is for, with all entries of its kind that are merged for it there, the least specific first. */
export interface ComingIn {
  readonly dataplane: Dataplane;
  readonly plan: InboundPlan;
  readonly entries: readonly RankedEntry[];
}

/** The inbounds for which a policy has rules, among a sample of the Dataplanes that it selects; each combination of port, traffic and entries once. */
export function surveyInbounds(mesh: MeshWorld, policy: Policy): readonly ComingIn[] {
  const found = new Map<string, ComingIn>();
  const groupOf = groupsOfKind(policy.kind, isShadow(policy));
  for (const dataplane of sampled(selectedProxies(mesh, policy), sampleSize)) {
    const { inbound } = groupOf(mesh.index, outlineOf(dataplane).selectable);
    for (const place of inboundPlaces(dataplane)) {
      const entries = [...inbound.entriesFor(place)].sort(compareEntries);
      if (!entries.some((entry) => entry.policy === policy)) continue;
      const { listenPort, protocol, captured } = place.plan;
      const key = `${listenPort} ${protocol} ${String(captured)} ${entries.map(({ policy: { name }, list, index }) => `${name} ${list} ${index}`).join(",")}`;
      if (!found.has(key)) found.set(key, { dataplane, plan: place.plan, entries });
    }
  }
  return [...found.values()];
}
