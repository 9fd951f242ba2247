import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runAgent } from "./agent/agent-bench.ts";
import { runDoctor } from "./doctor/doctor-bench.ts";
import { runKubernetes, smallCluster } from "./kubernetes/kubernetes-bench.ts";
import { describeMachine } from "./machine.ts";
import { runPlan } from "./plan/plan-bench.ts";
import { runPush } from "./push/push-bench.ts";
import type { Mode } from "./push/push-run.ts";
import { formatPage, formatReport } from "./report.ts";
import type { BenchResult } from "./result.ts";
import { runStores } from "./stores/stores-bench.ts";

/**
 * `npm run bench`: runs every bench and prints its tables. What it does meanwhile goes to standard error. A whole run, that is one
 * without any option, is also written to docs/benchmarks.md.
 *
 *   --small                sizes that only prove that it works
 *   --only push|plan|stores|kubernetes|agent|doctor  only this bench
 *   --proxies 10,1000      sizes of push, likewise --services 10,100 and --modes delta,sotw
 *   --rounds 5             policy edits for each run of push
 */
const { values } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    only: { type: "string" },
    proxies: { type: "string" },
    services: { type: "string" },
    modes: { type: "string" },
    rounds: { type: "string" },
  },
});
const isWhole = process.argv.length === 2;

function choose<T extends string>(option: string, text: string | undefined, known: readonly T[]): readonly T[] {
  if (text === undefined) return known;
  const chosen = known.filter((each) => text.split(",").includes(each));
  if (chosen.length < text.split(",").length) throw new Error(`--${option} ${text}: known are ${known.join(", ")}`);
  return chosen;
}

function numbers(option: string, text: string | undefined, usual: readonly number[]): readonly number[] {
  const given = text?.split(",").map(Number) ?? usual;
  if (!given.every((each) => Number.isInteger(each) && each > 0)) throw new Error(`--${option} ${text ?? ""}: wanted are whole numbers from 1`);
  return given;
}

const { small } = values;
const benches: Readonly<Record<string, () => Promise<BenchResult> | BenchResult>> = {
  plan: () => runPlan({ small }),
  push: () => runPush({
    proxies: numbers("proxies", values.proxies, small ? [4] : [10, 100, 500, 1000]),
    services: numbers("services", values.services, small ? [3] : [10, 100]),
    modes: choose<Mode>("modes", values.modes, ["delta", "sotw"]),
    rounds: numbers("rounds", values.rounds, [small ? 2 : 5])[0] ?? 1,
    idleS: small ? 1 : 10,
    edits: small ? 2 : 30,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  }),
  kubernetes: () => runKubernetes({
    ...(small ? smallCluster : { clients: 100, rounds: 100, edited: { pods: 100, services: 10 }, large: { pods: 5000, services: 500 }, seconds: 20, changesPerS: 20 }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  }),
  agent: () => runAgent({
    ...(small ? { rounds: 400, probes: 3000, endurance: 3000 } : { rounds: 5000, probes: 10_000, endurance: 1_000_000 }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  }),
  doctor: () => runDoctor({ lines: small ? 5000 : 1_000_000 }),
  stores: () => runStores(small ? { proxies: 2, rounds: 4 } : { proxies: 50, rounds: 100 }),
};

const results: BenchResult[] = [];
for (const name of choose("only", values.only, Object.keys(benches))) {
  const result = await benches[name]?.();
  if (result !== undefined) results.push(result);
}
const whole: BenchResult = {
  tables: results.flatMap(({ tables }) => tables),
  goals: results.flatMap(({ goals }) => goals),
  warnings: results.flatMap(({ warnings }) => warnings),
};
process.stdout.write(formatReport(whole));
if (isWhole) writeFileSync(new URL("../docs/benchmarks.md", import.meta.url), formatPage(whole, describeMachine(), new Date()));
