import { createSnapshotBuilder } from "../src/core/snapshot/build-snapshot.ts";
import { affectedProxies } from "../src/core/match/affected.ts";
import { createPlanner } from "../src/core/match/planner.ts";
import { applyChanges, emptyWorld } from "../src/core/model/apply-changes.ts";
import type { Resource } from "../src/core/model/resource.ts";
import type { World } from "../src/core/model/world.ts";
import { dataplane, healthCheck, inboundOf, meshNamed, outboundsTo, putOf, toMesh, toService } from "../test/kit/resources.ts";
import { quantiles } from "./quantiles.ts";
import { type BenchResult, goalAtMost } from "./result.ts";

export interface PlanBenchOptions {
  /** True: sizes that only prove that it works. */
  readonly small?: boolean;
}

interface Size {
  readonly proxies: number;
  readonly services: number;
  readonly policies: number;
  /** Services that every proxy calls. */
  readonly called: number;
}

/** An edit, made anew for each round so that every round changes something. */
type Edit = (round: number) => Resource;

interface Figures {
  readonly touched: number;
  readonly decideUs: number;
  readonly encodeUs: number;
}

/** What one edit costs: the next World, who is affected, their plans, and their snapshots; at two sizes of World, and for all at once. */
export function run({ small = false }: PlanBenchOptions = {}): BenchResult {
  const rounds = small ? 3 : 200;
  const little = sized(small ? 40 : 1000, rounds);
  const large = sized(small ? 80 : 10_000, rounds);
  const growth = [...little.figures].map(([name, one]) => ({ name, one, other: large.figures.get(name) ?? one }));
  const whole = (small ? [[20, 5]] : [[1000, 10], [1000, 100]]).map(([proxies = 0, services = 0]) => everyone(proxies, services, small ? 2 : 15));
  return {
    tables: [
      {
        title: "Plan and translate: one edit in a World of many",
        columns: ["edit", `plans at ${large.text}`, "decide µs", "and encode µs", `plans at ${little.text}`, "decide µs", "and encode µs", "large / small"],
        rows: growth.map(({ name, one, other }) => [name, ...figureTexts(other), ...figureTexts(one), (other.decideUs / one.decideUs).toFixed(2)]),
        notes: [
          "Medians. Decide: the next World, who is affected, and their plans. Encode: their snapshots, as bytes.",
          "The World grows tenfold; what the edit touches does not.",
        ],
      },
      {
        title: "Plan and translate: a policy that changes every cluster of every proxy",
        columns: ["proxies × services", "decide ms", "and encode ms"],
        rows: whole.map(({ name, decideMs, encodeMs }) => [name, decideMs.toFixed(1), encodeMs.toFixed(1)]),
        notes: [],
      },
    ],
    goals: small ? [] : [
      goalAtMost("edit that touches one proxy of 10,000, µs to decide", 1000, large.figures.get("policy for one proxy")?.decideUs ?? 0, "µs"),
      ...growth.map(({ name, one, other }) => goalAtMost(`${name}: cost in a World ten times as large`, 3, other.decideUs / one.decideUs, "times")),
    ],
  };
}

function figureTexts({ touched, decideUs, encodeUs }: Figures): readonly string[] {
  return [String(touched), decideUs.toFixed(0), encodeUs.toFixed(0)];
}

/** A tenth as many services as proxies and as many policies, each proxy calling ten services: an edit touches equally much at every size. */
function sized(proxies: number, rounds: number): { text: string; figures: ReadonlyMap<string, Figures> } {
  const size: Size = { proxies, services: proxies / 10, policies: proxies / 10, called: Math.min(10, proxies / 10) };
  const edits: readonly (readonly [string, Edit])[] = [
    ["policy for one proxy", (round) => healthCheck("one", { kind: "Dataplane", name: "proxy-7" }, [toMesh({ ...conf, interval: `${round + 1}s` })])],
    ["outbounds of one proxy", (round) => proxyOf(7, size, { called: size.called - 1 - (round % 2) })],
    ["endpoint of one service", (round) => proxyOf(8, size, { ready: round % 2 === 1 })],
    ["policy for all callers of one service", (round) => healthCheck("mesh-to-one", undefined, [toService("service-3", { ...conf, timeout: `${round + 1}ms` })])],
  ];
  const bench = benchOf(size);
  const figures = new Map(edits.map(([name, edit]) => [name, measure(bench, edit, rounds)]));
  return { text: `${proxies.toLocaleString("en")} Dataplanes, ${size.policies.toLocaleString("en")} policies`, figures };
}

const conf = { http: { path: "/health" } };

/** A planner and a builder that have served every proxy of a World once, as they have in a control plane that runs. */
interface Bench {
  world: World;
  readonly names: readonly string[];
  readonly planner: ReturnType<typeof createPlanner>;
  readonly builder: ReturnType<typeof createSnapshotBuilder>;
}

function benchOf(size: Size): Bench {
  const world = worldOf(size);
  const names = [...(world.meshes.get("default")?.dataplanes.keys() ?? [])];
  const bench = { world, names, planner: createPlanner(), builder: createSnapshotBuilder() };
  for (const name of names) buildOf(bench.planner.plan(world, "default", name), bench.builder);
  return bench;
}

function measure(bench: Bench, edit: Edit, rounds: number): Figures {
  const { names, planner, builder } = bench;
  const decide: number[] = [];
  const encode: number[] = [];
  let touched = 0;
  for (let round = 0; round < rounds; round++) {
    const changes = [putOf(edit(round))];
    const began = performance.now();
    const next = applyChanges(bench.world, changes);
    const affected = affectedProxies(bench.world, next, changes).get("default") ?? new Set<string>();
    const plans = [...(affected === "all" ? names : affected)].map((name) => planner.plan(next, "default", name));
    const decided = performance.now();
    for (const plan of plans) buildOf(plan, builder);
    decide.push(decided - began);
    encode.push(performance.now() - began);
    touched = plans.length;
    bench.world = next;
  }
  return { touched, decideUs: quantiles(decide).p50 * 1000, encodeUs: quantiles(encode).p50 * 1000 };
}

type Plan = ReturnType<ReturnType<typeof createPlanner>["plan"]>;

function buildOf(plan: Plan, builder: ReturnType<typeof createSnapshotBuilder>): void {
  if (plan !== undefined) builder.build(plan);
}

function everyone(proxies: number, services: number, rounds: number): { name: string; decideMs: number; encodeMs: number } {
  const edit: Edit = (round) => healthCheck("all", undefined, [toMesh({ ...conf, interval: `${round + 2}s` })]);
  const figures = measure(benchOf({ proxies, services, policies: 0, called: services }), edit, rounds);
  return { name: `${proxies} × ${services}`, decideMs: figures.decideUs / 1000, encodeMs: figures.encodeUs / 1000 };
}

function worldOf(size: Size): World {
  const all: Resource[] = [meshNamed(), healthCheck("all", undefined, [toMesh(conf)])];
  for (let i = 0; i < size.proxies; i++) all.push(proxyOf(i, size));
  for (let i = 0; i < size.policies; i++) {
    const to = [toService(`service-${(i * 7) % size.services}`, { ...conf, unhealthyThreshold: (i % 5) + 1 })];
    all.push(healthCheck(`policy-${i}`, { kind: "MeshService", name: `service-${i}` }, to));
  }
  return applyChanges(emptyWorld, all.map(putOf));
}

function proxyOf(i: number, size: Size, { called = size.called, ready = true } = {}): Resource {
  const services = Array.from({ length: called }, (_, j) => `service-${(i + j * 3) % size.services}`);
  return dataplane(`proxy-${i}`, {
    address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
    inbound: [inboundOf(`service-${i % size.services}`, ready ? {} : { state: "NotReady" })],
    outbound: outboundsTo(...new Set(services)),
    labels: { "kuma.io/zone": "default", app: `app-${i % size.services}` },
  });
}
