/** What a bench gives: tables to compare, and goals to judge. */
export interface BenchResult {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** What makes the figures doubtful; a sentence each. */
  readonly warnings: readonly string[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader has to know about the figures; a paragraph each. */
  readonly notes: readonly string[];
}

export interface Goal {
  readonly what: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean;
}

/** A goal that a figure is at most so much. */
export function goalAtMost(what: string, limit: number, value: number, unit: string): Goal {
  const digits = limit < 1 ? 4 : limit < 10 ? 2 : 0;
  return { what, wanted: `≤ ${limit} ${unit}`.trim(), got: `${value.toFixed(digits)} ${unit}`.trim(), met: value <= limit };
}

/** A table for a terminal: columns as wide as they need, figures to the right. */
export function formatTable({ title, columns, rows, notes }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return [title, line(columns), ...rows.map(line), ...notes, ""].join("\n");
}

export function formatMarkdown({ title, columns, rows, notes }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  const rule = `|${columns.map((_column, i) => (i === 0 ? "---" : "---:")).join("|")}|`;
  return [`## ${title}`, "", ...notes.flatMap((note) => [note, ""]), line(columns), rule, ...rows.map(line), ""].join("\n");
}

export function goalsTable(goals: readonly Goal[]): Table {
  const rows = goals.map(({ what, wanted, got, met }) => [what, wanted, got, met ? "met" : "missed"]);
  return { title: "Goals", columns: ["goal", "wanted", "got", ""], rows, notes: [] };
}

/** The line to read first: how many goals are met, and which are missed. */
export function summarize(goals: readonly Goal[]): string {
  const missed = goals.filter(({ met }) => !met).map(({ what, wanted, got }) => `${what} (${got}, wanted ${wanted})`);
  const held = `${goals.length - missed.length} of ${goals.length} goals met`;
  const more = missed.length > 3 ? [`${missed.length - 3} more`] : [];
  return missed.length === 0 ? held : `${held}; missed: ${[...missed.slice(0, 3), ...more].join("; ")}`;
}
