import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const handedOut = new Set<number>();

/**
 * A TCP port of 127.0.0.1 on which nobody listens. Below the range from which systems take ports for outgoing connections, so that it
 * stays free while its app is closed for a while; never the same one twice in one process.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_000);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await canListen(port)) return port;
  }
}

/** As many as asked for. */
export async function freePorts(count: number): Promise<number[]> {
  return await Promise.all(Array.from({ length: count }, freePort));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => { resolve(false); });
    probe.listen(port, "127.0.0.1", () => {
      probe.close(() => { resolve(true); });
    });
  });
}
