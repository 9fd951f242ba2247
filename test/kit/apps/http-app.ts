import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { freePort } from "../ports.ts";
import { Listening } from "./app.ts";
import type { App } from "./app.ts";

/** A status to answer every request with, or no answer at all. */
export type HttpBehaviour = number | "hang";

/** A request as the app saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** True for Envoy's own checks, by their User-Agent. */
  readonly isCheck: boolean;
}

export interface HttpApp extends App {
  /** Applies to every request that comes from now on, checks and others alike. */
  behaviour: HttpBehaviour;
  /** Everything seen so far, oldest first. */
  readonly seen: readonly SeenRequest[];
}

/** Starts an HTTP/1.1 app. It answers with its name as body and as header `x-app`. */
export async function startHttpApp(name: string): Promise<HttpApp> {
  const seen: SeenRequest[] = [];
  const app = { behaviour: 200 as HttpBehaviour };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    seen.push(seenRequest(request));
    answer(name, app.behaviour, response);
  });
  const listening = new Listening(server, await freePort());
  await listening.open();
  return Object.assign(app, {
    name, seen, port: listening.port,
    closePort: () => listening.close(),
    openPort: () => listening.open(),
    close: () => listening.close(),
  });
}

function answer(name: string, behaviour: HttpBehaviour, response: ServerResponse): void {
  if (behaviour === "hang") return;
  response.writeHead(behaviour, { "x-app": name, "content-type": "text/plain" });
  response.end(`${name}\n`);
}

function seenRequest(request: IncomingMessage): SeenRequest {
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: request.headers,
    isCheck: request.headers["user-agent"] === "Envoy/HC",
  };
}
