import { affectedProxies } from "../match/affected.ts";
import { createPlanner } from "../match/planner.ts";
import { applyChanges } from "../model/apply-changes.ts";
import type { DestinationPlan, ProxyPlan } from "../model/plan.ts";
import type { Change, World } from "../model/world.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { createXdsComparer, type ChangedXds } from "./changed-xds.ts";

/** What some changes do to one proxy. */
export interface PreviewedProxy {
  readonly mesh: string;
  readonly name: string;
  /** `new`: it has a configuration from then on; `gone`: it has none any more. Then `changes` is empty. */
  readonly effect: "changed" | "new" | "gone";
  /** The same array for proxies to which the same happens. */
  readonly changes: readonly ChangedXds[];
}

export interface PreviewOptions extends Partial<PlanSettings> {
  /** Only this proxy; undefined: all that the changes may concern. */
  readonly only?: { readonly mesh: string; readonly name: string } | undefined;
}

interface Planned {
  readonly mesh: string;
  readonly name: string;
  readonly before: ProxyPlan | undefined;
}

/**
 * What changes of resources would do to the configuration of proxies, without doing it. Yields a proxy for each that gets something
 * else, and undefined for each step without one, so that whoever runs it can pause between steps. Exact: what it does not name stays.
 */
export function* previewChanges(world: World, changes: readonly Change[], { only, ...settings }: PreviewOptions): Generator<PreviewedProxy | undefined> {
  const after = applyChanges(world, changes);
  const planner = createPlanner(settings);
  // All in the first World and then all in the second: a planner remembers the World that it saw last.
  const planned: Planned[] = [];
  for (const { mesh, name } of concerned(world, after, changes)) {
    if (only !== undefined && (only.mesh !== mesh || only.name !== name)) continue;
    planned.push({ mesh, name, before: planner.plan(world, mesh, name) });
    yield undefined;
  }
  const changesOf = createMemory();
  for (const { mesh, name, before } of planned) yield effectOn({ mesh, name }, before, planner.plan(after, mesh, name), changesOf);
}

function* concerned(before: World, after: World, changes: readonly Change[]): Generator<{ readonly mesh: string; readonly name: string }> {
  for (const [mesh, names] of affectedProxies(before, after, changes)) {
    const [was, is] = [before.meshes.get(mesh)?.dataplanes, after.meshes.get(mesh)?.dataplanes];
    const all = names === "all" ? new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]) : names;
    for (const name of all) yield { mesh, name };
  }
}

function effectOn(
  proxy: { readonly mesh: string; readonly name: string },
  before: ProxyPlan | undefined,
  after: ProxyPlan | undefined,
  changesOf: (before: ProxyPlan, after: ProxyPlan) => readonly ChangedXds[],
): PreviewedProxy | undefined {
  if (before === undefined || after === undefined) {
    return before === after ? undefined : { ...proxy, effect: before === undefined ? "new" : "gone", changes: [] };
  }
  const changes = changesOf(before, after);
  return changes.length === 0 ? undefined : { ...proxy, effect: "changed", changes };
}

/** Works out once what happens alike to many proxies: replicas, and all who call the same with the same tags. */
function createMemory(): (before: ProxyPlan, after: ProxyPlan) => readonly ChangedXds[] {
  const numbers = new Map<DestinationPlan | ProxyPlan["outbounds"], number>();
  const numberOf = (one: DestinationPlan | ProxyPlan["outbounds"]): number => {
    const number = numbers.get(one) ?? numbers.size;
    numbers.set(one, number);
    return number;
  };
  const comparer = createXdsComparer();
  const byPlans = new Map<string, readonly ChangedXds[]>();
  const byContent = new Map<string, readonly ChangedXds[]>();
  const keyOf = ({ senderTags, inbounds, outbounds, capture }: ProxyPlan): unknown => [
    senderTags,
    inbounds,
    capture,
    // Proxies whose connections are redirected have one list, and a long one.
    capture === undefined ? outbounds.map(({ listenAddress, listenPort, destination }) => [listenAddress, listenPort, numberOf(destination)]) : numberOf(outbounds),
  ];
  return (before, after) => {
    if (before === after) return [];
    const key = JSON.stringify([keyOf(before), keyOf(after)]);
    const known = byPlans.get(key);
    if (known !== undefined) return known;
    const made = comparer.changes(before, after);
    const content = JSON.stringify(made);
    const changes = byContent.get(content) ?? made;
    byContent.set(content, changes);
    byPlans.set(key, changes);
    return changes;
  };
}
