import { readFile } from "node:fs/promises";

/** A connection as the system knows it. */
export interface Connection {
  readonly port: number;
  readonly toPort: number;
  /** As in /proc/net/tcp: 01 established, 06 waits for its end, 08 the other end has closed. */
  readonly state: string;
}

/** The connections of this machine's namespace that leave from an IPv4 address, to the ports that are asked for; Linux only. */
export async function connectionsFrom(address: string, isTo: (port: number) => boolean): Promise<readonly Connection[]> {
  const wanted = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0")).reverse().join("").toUpperCase();
  const [, ...lines] = (await readFile("/proc/net/tcp", "utf8")).trimEnd().split("\n");
  return lines.flatMap((line) => {
    const [, from = "", to = "", state = ""] = line.trim().split(/\s+/);
    const [host, port] = from.split(":");
    const connection = { port: Number.parseInt(port ?? "", 16), toPort: Number.parseInt(to.split(":")[1] ?? "", 16), state };
    return host === wanted && isTo(connection.toPort) ? [connection] : [];
  });
}
