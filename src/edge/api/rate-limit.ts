import type { FastifyInstance } from "fastify";
import { ApiError } from "./errors.ts";

/** Addresses that are counted at a time: who comes from more is not told apart any more. */
const maxAddresses = 100_000;

/** Answers with 429 what one address asks beyond `maxPerSecond` requests in a second. Connections from elsewhere are not held up. */
export function limitRate(app: FastifyInstance, maxPerSecond: number, nowMs: () => number = () => performance.now()): void {
  let counts = new Map<string, number>();
  let startedMs = nowMs();
  app.addHook("onRequest", (request, reply, done) => {
    if (nowMs() - startedMs >= 1000) {
      counts = new Map();
      startedMs = nowMs();
    }
    const address = counts.size < maxAddresses || counts.has(request.ip) ? request.ip : "";
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count <= maxPerSecond) {
      done();
      return;
    }
    reply.header("retry-after", "1");
    done(new ApiError(429, "Too Many Requests", `more than ${maxPerSecond} requests in a second came from this address`));
  });
}
