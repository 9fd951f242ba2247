import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { type Mode, runPush } from "./push/push-bench.ts";
import { type BenchResult, formatMarkdown, formatTable, goalsTable, summarize } from "./result.ts";

/**
 * `npm run bench`: runs every bench, prints its tables and writes them to docs/benchmarks.md.
 *
 *   --small                quick variants that only prove that it works; nothing is written
 *   --only push            only this bench; nothing is written
 *   --proxies 10,1000      sizes of push, likewise --services and --modes delta,sotw; nothing is written
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

const numbers = (text: string | undefined, usual: readonly number[]): readonly number[] => text?.split(",").map(Number) ?? usual;

async function run(): Promise<BenchResult> {
  const results: BenchResult[] = [];
  if (values.only === undefined || values.only === "push") {
    results.push(
      await runPush({
        proxies: numbers(values.proxies, values.small ? [4] : [10, 100, 500, 1000]),
        services: numbers(values.services, values.small ? [3] : [10, 100]),
        modes: (values.modes?.split(",") ?? ["delta", "sotw"]) as Mode[],
        rounds: Number(values.rounds ?? (values.small ? 2 : 5)),
        idleS: values.small ? 1 : 10,
        onProgress: (line) => {
          process.stdout.write(`${line}\n`);
        },
      }),
    );
  }
  return { tables: results.flatMap(({ tables }) => tables), goals: results.flatMap(({ goals }) => goals) };
}

const { tables, goals } = await run();
const all = [...tables, goalsTable(goals)];
process.stdout.write(`\n${all.map(formatTable).join("\n")}\n${summarize(goals)}\n`);
const isWhole = !values.small && values.only === undefined && values.proxies === undefined && values.services === undefined && values.modes === undefined;
if (isWhole) {
  const head = ["# Benchmarks", "", "Written by `npm run bench`; measured on:", "", ...describeMachine().map((line) => `- ${line}`), "", `${summarize(goals)}.`, ""];
  writeFileSync(new URL("../docs/benchmarks.md", import.meta.url), `${[...head, ...all.map(formatMarkdown)].join("\n")}`);
}
