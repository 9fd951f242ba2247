import { affectedProxies } from "../../src/core/match/affected.ts";
import { noticesFor } from "../../src/core/match/explain.ts";
import { applyChanges } from "../../src/core/model/apply-changes.ts";
import { putOf } from "../../test/kit/resources.ts";
import { quantiles } from "../quantiles.ts";
import { mesh, type Standing } from "./standing.ts";
import type { Edit, Size } from "./world.ts";

/** What one edit costs: medians of the times; the counts are those of the last time. */
export interface EditCost {
  /** Proxies that were planned anew. */
  readonly touched: number;
  /** Bytes of the resources that became others, over all proxies. */
  readonly bytes: number;
  /** Microseconds for the next World, who is affected, and their plans. */
  readonly decideUs: number;
  /** Microseconds for that, and their snapshots, and every byte that would be sent. */
  readonly wholeUs: number;
  /** Microseconds for the notices that the writer is answered with. */
  readonly noticesUs: number;
}

/**
 * Makes an edit over and over, in each of the Worlds in turn, so that whatever disturbs the machine and whatever the runtime has
 * learned is the same for all of them. A tenth as many rounds come before those that count.
 */
export function costsOf(standings: readonly Standing[], edit: (size: Size) => Edit, rounds: number): readonly EditCost[] {
  const tried = standings.map((standing) => ({ standing, make: edit(standing.size), costs: [] as EditCost[] }));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    for (const { standing, make, costs } of tried) {
      const cost = runOnce(standing, make);
      if (round >= 0) costs.push(cost);
    }
  }
  return tried.map(({ costs }) => ({
    ...(costs.at(-1) ?? nothing),
    decideUs: medianOf(costs, "decideUs"),
    wholeUs: medianOf(costs, "wholeUs"),
    noticesUs: medianOf(costs, "noticesUs"),
  }));
}

const nothing: EditCost = { touched: 0, bytes: 0, decideUs: 0, wholeUs: 0, noticesUs: 0 };

function medianOf(costs: readonly EditCost[], key: "decideUs" | "wholeUs" | "noticesUs"): number {
  return quantiles(costs.map((cost) => cost[key])).p50;
}

function runOnce(standing: Standing, edit: Edit): EditCost {
  const resource = edit(standing.nextRound());
  const changes = [putOf(resource)];
  const began = performance.now();
  const next = applyChanges(standing.world, changes);
  const affected = affectedProxies(standing.world, next, changes).get(mesh) ?? new Set<string>();
  const plans = [...(affected === "all" ? standing.names : affected)].map((name) => standing.plan(next, name));
  const decided = performance.now();
  let bytes = 0;
  for (const plan of plans) bytes += standing.serve(plan);
  const written = performance.now();
  noticesFor(next, resource);
  const told = performance.now();
  standing.world = next;
  return { touched: plans.length, bytes, decideUs: (decided - began) * 1000, wholeUs: (written - began) * 1000, noticesUs: (told - written) * 1000 };
}
