import type { FastifyInstance } from "fastify";

/** What is counted of requests. */
export interface RequestCounts {
  requestStarted(): void;
  /** `handler`: the route, never the path that somebody made up. `bytes`: of the answer's body. */
  requestEnded(request: { readonly handler: string; readonly method: string; readonly status: number; readonly seconds: number; readonly bytes: number }): void;
}

/** Counts every request that is read, also those that are refused, and those whose client does not wait for the answer. */
export function countRequests(app: FastifyInstance, counts: RequestCounts): void {
  app.addHook("onRequest", (request, reply, done) => {
    counts.requestStarted();
    reply.raw.once("close", () => {
      counts.requestEnded({
        handler: request.is404 ? "unknown" : (request.routeOptions.url ?? "unknown"),
        method: request.method,
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
        bytes: Number(reply.getHeader("content-length") ?? 0),
      });
    });
    done();
  });
}
