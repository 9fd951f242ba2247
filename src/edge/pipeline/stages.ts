import { affectedProxies } from "../../core/match/affected.ts";
import { createPlanner } from "../../core/match/planner.ts";
import type { PlannerOptions } from "../../core/match/planner.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import type { Change, World } from "../../core/model/world.ts";
import { createSnapshotBuilder } from "../../core/snapshot/build-snapshot.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";

/** The pure stages that a pipeline joins. */
export interface Stages {
  /** Undefined when the World has no such Dataplane. */
  plan(world: World, mesh: string, proxy: string): ProxyPlan | undefined;
  /** `before`: the snapshot that the same proxy had, to take over from. */
  build(plan: ProxyPlan, before: Snapshot | undefined): Snapshot;
  /** By mesh, the proxies that a change may concern. */
  affected(before: World, after: World, changes: readonly Change[]): ReadonlyMap<string, "all" | ReadonlySet<string>>;
}

export type StagesOptions = PlannerOptions;

export function realStages(options: StagesOptions = {}): Stages {
  const planner = createPlanner(options);
  const builder = createSnapshotBuilder();
  return {
    plan: (world, mesh, proxy) => planner.plan(world, mesh, proxy),
    build: (plan, before) => builder.build(plan, before),
    affected: affectedProxies,
  };
}
