import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendText } from "./reply.ts";

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Handlers of one URL. The order is that of the header `Allow`. */
export interface Handlers {
  readonly PUT?: Handler;
  readonly DELETE?: Handler;
  readonly GET?: Handler;
}

const otherMethods = ["PUT", "DELETE", "GET", "POST", "PATCH", "OPTIONS"] as const;

/** Serves a URL, and answers every other method on it with 405 and what is allowed, as Kuma's API does. */
export function serveUrl(app: FastifyInstance, url: string, handlers: Handlers): void {
  const allowed = Object.keys(handlers) as (keyof Handlers)[];
  for (const method of allowed) {
    const handler = handlers[method];
    if (handler !== undefined) app.route({ method, url, handler });
  }
  const refused = otherMethods.filter((method) => !Object.hasOwn(handlers, method));
  const refuse: Handler = async (_request, reply) => sendText(reply.header("allow", allowed.join(", ")), 405, "405: Method Not Allowed");
  app.route({ method: refused, url, handler: refuse });
}
