/** The API server cuts and drops warnings beyond 4,096 characters in all; what it would drop we say ourselves. */
const maxTotal = 3_800;
/** A single one is cut there when there are too many. */
const maxLength = 1_000;

/** Warnings as the API server passes them on in HTTP headers: no control characters, none twice, and not more than it lets through. */
export function shownWarnings(warnings: readonly string[]): readonly string[] {
  const lines = [...new Set(warnings.map(oneLine))];
  const shown: string[] = [];
  let total = 0;
  for (const line of lines) {
    total += line.length;
    if (total > maxTotal) return [...shown, `and ${lines.length - shown.length} more: they stand in the object's status`];
    shown.push(line);
  }
  return shown;
}

function oneLine(text: string): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return flat.length > maxLength ? `${flat.slice(0, maxLength - 1)}…` : flat;
}
