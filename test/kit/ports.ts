import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const handedOut = new Set<number>();

/** Test processes that run side by side each have their own part of the range (`TEST_LANE`, such as `1/2`: the second of two). */
const [lane = 0, lanes = 1] = (process.env["TEST_LANE"] ?? "0/1").split("/").map(Number);
const [lowest, beyond] = [10_240, 32_000];
const share = Math.floor((beyond - lowest) / lanes);

/**
 * A TCP port of 127.0.0.1 on which nobody listens. Below the range from which systems take ports for outgoing connections, so that it
 * stays free while its app is closed for a while; never the same one twice in one process,
 * nor in two processes of one test run.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + lane * share + randomInt(share);
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
