import { createPlanner } from "../../src/core/match/planner.ts";
import type { ProxyPlan } from "../../src/core/model/plan.ts";
import type { World } from "../../src/core/model/world.ts";
import { compareHoldings } from "../../src/core/session/select-resources.ts";
import { createSnapshotBuilder } from "../../src/core/snapshot/build-snapshot.ts";
import { type Snapshot, typeOrder, type TypeSnapshot } from "../../src/core/snapshot/snapshot.ts";
import { type Size, worldOf } from "./world.ts";

export const mesh = "default";

/** What a control plane remembers in between two edits, when every proxy of its World is connected and has been served. */
export class Standing {
  readonly size: Size;
  readonly names: readonly string[];
  world: World;
  private readonly planner = createPlanner();
  private readonly builder = createSnapshotBuilder();
  private readonly held = new Map<string, Snapshot>();
  private round = 0;

  /** @param world default: that of proxies with outbounds. */
  constructor(size: Size, world = worldOf(size)) {
    this.size = size;
    this.world = world;
    this.names = [...(this.world.meshes.get(mesh)?.dataplanes.keys() ?? [])];
    for (const name of this.names) this.serve(this.plan(this.world, name));
  }

  /** A number that no edit of this World has had. */
  nextRound(): number {
    this.round += 1;
    return this.round;
  }

  plan(world: World, name: string): ProxyPlan {
    const plan = this.planner.plan(world, mesh, name);
    if (plan === undefined) throw new Error(`no plan of ${name}`);
    return plan;
  }

  /** Builds a proxy's snapshot and writes out every resource that it does not hold already, as a session would. Gives the bytes of these. */
  serve(plan: ProxyPlan): number {
    const before = this.held.get(plan.proxy);
    const snapshot = this.builder.build(plan, before);
    this.held.set(plan.proxy, snapshot);
    let bytes = 0;
    for (const typeUrl of typeOrder) bytes += writeChanged(before?.types.get(typeUrl), snapshot.types.get(typeUrl));
    return bytes;
  }
}

const nothing: TypeSnapshot["resources"] = new Map();
const scratch = new Uint8Array(1 << 20);

function writeChanged(before: TypeSnapshot | undefined, after: TypeSnapshot | undefined): number {
  if (after === undefined || before?.version === after.version) return 0;
  let bytes = 0;
  for (const resource of compareHoldings(before?.resources ?? nothing, after.resources).changed) {
    resource.writeTo(scratch, 0);
    bytes += resource.byteLength;
  }
  return bytes;
}
