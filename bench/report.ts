import { type BenchResult, formatMarkdown, formatTable, goalsTable, summarize } from "./result.ts";

/** What a terminal shows. The line to read first is the first one, for whoever opens a file of it, and the last, where a terminal stops. */
export function formatReport({ tables, goals, warnings }: BenchResult): string {
  const first = summarize(goals);
  return `${[first, ...warnings, "", ...[...tables, goalsTable(goals)].map(formatTable), first].join("\n")}\n`;
}

/** The page for the repository. `machine` says in words on what it was measured, a line each. */
export function formatPage({ tables, goals, warnings }: BenchResult, machine: readonly string[], date: Date): string {
  const head = [
    "# Benchmarks",
    "",
    `**${summarize(goals)}.**`,
    "",
    ...warnings.flatMap((warning) => [`${warning}.`, ""]),
    `Written by \`npm run bench\` on ${date.toISOString().slice(0, 10)}; measured on:`,
    "",
    ...machine.map((line) => `- ${line}`),
    "",
    "What counts are the ratios within one run: the times of two runs, or of two machines, are not to be compared.",
    "",
  ];
  return `${[...head, ...[goalsTable(goals), ...tables].map(formatMarkdown)].join("\n").trimEnd()}\n`;
}
