import { readFile } from "node:fs/promises";

/** A connection over IPv4 as the system knows it, from one of its ends. */
export interface Connection {
  readonly address: string;
  readonly port: number;
  readonly toPort: number;
  /** Closed by this end first, and kept for a minute so that nothing late is mistaken for something new. */
  readonly isTimeWait: boolean;
}

const timeWait = "06";

/** All connections of this machine's network namespace over IPv4, those that wait for their end as well; Linux only. */
export async function readConnections(): Promise<readonly Connection[]> {
  const [, ...lines] = (await readFile("/proc/net/tcp", "utf8")).trimEnd().split("\n");
  return lines.map((line) => {
    const [, from = "", to = "", state] = line.trim().split(/\s+/);
    return { address: addressOf(from), port: portOf(from), toPort: portOf(to), isTimeWait: state === timeWait };
  });
}

/** `0600007F:1F90`: the address as a number of this machine, which is little-endian. */
function addressOf(end: string): string {
  return (end.slice(0, 8).match(/../g) ?? []).reverse().map((part) => Number.parseInt(part, 16)).join(".");
}

function portOf(end: string): number {
  return Number.parseInt(end.slice(9), 16);
}
