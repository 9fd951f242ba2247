import { request } from "node:http";
import type { Agent } from "node:http";

/** What came back of a request; status 0: no answer at all, `error` says why. */
export interface HttpOutcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly error?: string;
}

/** What to ask for; default: a GET of `/`, without a body. */
export interface HttpQuestion {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** A GET through a listener of 127.0.0.1. Never throws: a failure is what its caller counts. */
export function httpGet(port: number, path = "/", agent?: Agent): Promise<HttpOutcome> {
  return httpAsk(port, { path, ...(agent === undefined ? {} : { agent }) });
}

/** A request through a listener of 127.0.0.1. Never throws. */
export function httpAsk(port: number, { method = "GET", path = "/", headers = {}, agent }: HttpQuestion): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: agent ?? false }, (reply) => {
      reply.resume();
      reply.once("end", () => { resolve({ status: reply.statusCode ?? 0, headers: reply.headers }); });
      reply.once("error", (error) => { resolve({ status: 0, headers: {}, error: error.message }); });
    });
    asked.once("error", (error) => { resolve({ status: 0, headers: {}, error: error.message }); });
    asked.end();
  });
}
