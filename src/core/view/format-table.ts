/** A table as kumactl prints it: columns as wide as their longest cell, three spaces between, nothing after the last. */
export function formatTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headers, ...rows].map((row) => row.map(oneLine));
  const widths = headers.map((_, at) => Math.max(...all.map((row) => widthOf(row[at] ?? ""))));
  return all.map((row) => `${row.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - widthOf(cell))).join("   ").trimEnd()}\n`).join("");
}

function widthOf(text: string): number {
  return Array.from(text).length;
}

/** A cell may hold what users or proxies wrote: no line breaks, and nothing that moves a terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
}
