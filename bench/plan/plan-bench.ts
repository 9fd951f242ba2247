import type { BenchResult, Goal, Table } from "../result.ts";
import { capturedWorld, podReadiness, podsOf, policyOfOneService } from "./captured-world.ts";
import { goalAtMost } from "../result.ts";
import { costsOf, type EditCost } from "./edit-cost.ts";
import { Standing } from "./standing.ts";
import { callsOfProxy, type Edit, endpointOfService, policyOfService, reachEdit, type Size, sizeOf } from "./world.ts";

export interface PlanBenchOptions {
  /** True: sizes that only prove that it works. */
  readonly small?: boolean;
}

/** One edit in a World and in another one that is ten times as large. */
interface Growth {
  readonly name: string;
  readonly little: EditCost;
  readonly large: EditCost;
}

/** What one edit costs from the write to bytes, without a network: it should follow what the edit touches, not the size of the World. */
export function runPlan({ small = false }: PlanBenchOptions = {}): BenchResult {
  const standings = [100, 1000].map((proxies) => new Standing(sizeOf(small ? proxies / 5 : proxies * 10)));
  const rounds = small ? 3 : 200;
  const growths = touchingAsMuch.flatMap(([name, edit]) => growthOf(name, standings, edit, rounds));
  const everyone = growthOf("policy for all", standings, () => reachEdit(undefined), small ? 2 : 15);
  const captured = runCaptured(small);
  return {
    tables: [growthTable([...growths, ...everyone], standings), capturedTable(captured)],
    goals: small ? [] : [...growths.map(growthGoal), ...reachGoals(growths, everyone), ...captured.growths.map(capturedGoal)],
    warnings: [],
  };
}

/** Edits that touch as much in a small World as in a large one. */
const touchingAsMuch: readonly (readonly [string, (size: Size) => Edit])[] = [
  ["policy for 1 proxy", () => reachEdit(1)],
  ["policy for 10 proxies", () => reachEdit(10)],
  ["policy for 100 proxies", () => reachEdit(100)],
  ["calls of 1 proxy", callsOfProxy],
  ["endpoint of a service with 100 callers", endpointOfService],
  ["policy for a service with 100 callers", policyOfService],
];

function growthOf(name: string, standings: readonly Standing[], edit: (size: Size) => Edit, rounds: number): Growth[] {
  const [little, large] = costsOf(standings, edit, rounds);
  return little === undefined || large === undefined ? [] : [{ name, little, large }];
}

function growthTable(growths: readonly Growth[], standings: readonly Standing[]): Table {
  const [little = "", large = ""] = standings.map(({ size: { proxies, policies } }) => `${proxies} Dataplanes and ${policies} policies`);
  return {
    title: "Plan and translate: what an edit costs",
    columns: ["edit", "proxies touched", "KiB changed", "decide µs", "and bytes µs", "µs a proxy", "notices µs", "in small: touched", "and bytes µs", "notices µs", "large ÷ small"],
    rows: growths.map(({ name, little: s, large: l }) => [
      name,
      ...[l.touched, l.bytes / 1024, l.decideUs, l.wholeUs].map((each) => each.toFixed(0)),
      (l.wholeUs / l.touched).toFixed(1),
      l.noticesUs.toFixed(0),
      ...[s.touched, s.wholeUs, s.noticesUs].map((each) => each.toFixed(0)),
      (l.wholeUs / s.wholeUs).toFixed(2),
    ]),
    notes: [
      `The World has ${large}; the small one ${little}. Everybody is connected, each proxy calls ten services, each policy decides something. Medians, the two Worlds in turn.`,
      "Decide: the next World, who is affected, and their plans. And bytes: their snapshots as well, and every resource that became another one written out for every proxy. No network, no store. " +
        "Notices: what the writer is answered with; not part of the other columns.",
    ],
  };
}

/** Ten times the World may cost a little more (larger maps, colder caches), not ten times as much. */
function growthGoal({ name, little, large }: Growth): Goal {
  return goalAtMost(`${name}: cost in a World ten times as large`, 2, large.wholeUs / little.wholeUs, "times");
}

/**
 * What grows with the proxies that are touched, and with nothing else, costs no more a proxy when there are more of them. The first
 * hundred proxies have no cluster in common, so theirs cost about the same each; of all proxies, ten at a time have the same.
 */
function reachGoals(growths: readonly Growth[], [everyone]: readonly Growth[]): Goal[] {
  const [one, , hundred] = growths.map(({ large }) => large);
  if (one === undefined || hundred === undefined || everyone === undefined) return [];
  const { large: all } = everyone;
  const each = ({ wholeUs, touched }: EditCost): number => wholeUs / touched;
  return [
    goalAtMost(`policy for 1 proxy of ${all.touched}: cost ÷ that for all`, 0.01, one.wholeUs / all.wholeUs, ""),
    goalAtMost("policy for 100 proxies: cost a proxy ÷ that for 1", 1.5, each(hundred) / each(one), "times"),
    goalAtMost("policy for all: cost a proxy ÷ that for 100", 1, each(all) / each(hundred), "times"),
  ];
}

interface Captured {
  readonly pods: number;
  readonly services: readonly [number, number];
  readonly growths: readonly Growth[];
}

/** Pods whose connections are redirected call every service: what a pod costs should not follow how many there are. */
function runCaptured(small: boolean): Captured {
  const pods = small ? 40 : 5000;
  const services: Captured["services"] = small ? [5, 20] : [50, 500];
  const standings = services.map((count) => podsOf(pods, count)).map((size) => new Standing(size, capturedWorld(size)));
  const rounds = small ? 2 : 15;
  const edits: readonly (readonly [string, (size: Size) => Edit])[] = [["a pod becomes ready or not", podReadiness], ["policy for 1 service", policyOfOneService]];
  return { pods, services, growths: edits.flatMap(([name, edit]) => growthOf(name, standings, edit, rounds)) };
}

function capturedTable({ pods, services: [few, many], growths }: Captured): Table {
  const each = ({ wholeUs, touched }: EditCost): string => (wholeUs / touched).toFixed(1);
  return {
    title: "Captured traffic: what an edit costs where every pod may call every service",
    columns: ["edit", "pods touched", `µs a pod, ${few} services`, `µs a pod, ${many} services`, `all pods, ${many} services, ms`, "notices ms"],
    rows: growths.map(({ name, little, large }) => [
      name, String(large.touched), each(little), each(large), (large.wholeUs / 1000).toFixed(0), (large.noticesUs / 1000).toFixed(1),
    ]),
    notes: [`${pods} pods whose connections are redirected, as on Kubernetes. Decided and in bytes, as above; what they have in common is made once.`],
  };
}

function capturedGoal({ name, little, large }: Growth): Goal {
  return goalAtMost(`captured traffic, ${name}: cost with ten times the services`, 3, large.wholeUs / little.wholeUs, "times");
}
