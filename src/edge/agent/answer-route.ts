import type { IncomingMessage, ServerResponse } from "node:http";
import type { AgentLog } from "./log.ts";
import { isPassedOn } from "./probes/dialer.ts";
import type { StatusAnswer, StatusRoute } from "./status-route.ts";

export interface RouteRequest {
  readonly route: StatusRoute;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly logger: AgentLog;
}

export async function answerRoute({ route, request, response, logger }: RouteRequest): Promise<void> {
  if (route.loopbackOnly === true && !isLoopback(request.socket.remoteAddress)) {
    send(response, { status: 403, body: "Only requests from localhost are allowed\n" });
    return;
  }
  if (route.method !== undefined && request.method !== route.method) {
    response.setHeader("allow", route.method);
    send(response, { status: 405, body: "Method Not Allowed\n" });
    return;
  }
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  try {
    send(response, await route.answer(request, leaving.signal));
  } catch (error) {
    if (!leaving.signal.aborted) logger.error({ err: error, path: pathOf(request) }, "cannot answer");
    send(response, { status: 500 });
  }
}

/** The answer as a whole; nothing for one who has gone. */
export function send(response: ServerResponse, { status, contentType = "text/plain; charset=utf-8", contentEncoding, body = "", sent }: StatusAnswer): void {
  if (response.destroyed) {
    sent?.();
    return;
  }
  if (sent !== undefined) response.once("close", sent);
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const packed = contentEncoding === undefined ? {} : { "content-encoding": contentEncoding };
  response.writeHead(status, { ...packed, ...(bytes.length === 0 ? {} : { "content-type": contentType, "x-content-type-options": "nosniff" }), "content-length": bytes.length });
  response.end(bytes);
}

/** The path that is asked for, without its query. */
export function pathOf({ url = "/" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "/";
}

/** Envoy hands requests of others on from 127.0.0.6: that does not count. */
function isLoopback(remoteAddress: string | undefined): boolean {
  const address = (remoteAddress ?? "").replace(/^::ffff:/i, "");
  return (address.startsWith("127.") || address === "::1") && !isPassedOn(address);
}
