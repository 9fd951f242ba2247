/** Ports from one to another, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type ParsedPorts = { readonly ok: true; readonly ports: readonly PortRange[] } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a list of ports and ranges, as the annotations of the field have it: `8080`, `8080, 9000-9010`. Empty: none. What comes is in
 * order, and ranges that touch are one. All that is wrong is said at once.
 */
export function parsePorts(text: string): ParsedPorts {
  if (text.trim() === "") return { ok: true, ports: [] };
  const entries = text.split(",").map((entry) => entry.trim());
  const parsed = entries.map(rangeOf);
  const problems = parsed.filter((each): each is string => typeof each === "string");
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, ports: joinRanges(parsed.filter((each): each is PortRange => typeof each !== "string")) };
}

/** As `parsePorts` reads it. */
export function formatPorts(ports: readonly PortRange[]): string {
  return ports.map((range) => formatRange(range, "-")).join(",");
}

export function formatRange({ from, to }: PortRange, between: string): string {
  return from === to ? String(from) : `${from}${between}${to}`;
}

/** In order, without overlaps. */
export function joinRanges(ranges: readonly PortRange[]): readonly PortRange[] {
  const joined: PortRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && range.from <= last.to + 1) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else joined.push(range);
  }
  return joined;
}

function rangeOf(entry: string): PortRange | string {
  const [, first, second] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(entry) ?? [];
  if (first === undefined) return `${JSON.stringify(entry)} is no port and no range of ports, such as 8080 or 8000-8010`;
  const [from, to] = [Number(first), Number(second ?? first)];
  const outside = [from, to].find((port) => port < 1 || port > 65535);
  if (outside !== undefined) return `${JSON.stringify(entry)}: a port is from 1 to 65535`;
  if (from > to) return `${JSON.stringify(entry)}: a range goes from the lower port to the higher`;
  return { from, to };
}
