import type { FastifyInstance } from "fastify";
import { fields, listOf, text } from "./openapi/schema.ts";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** `/healthy`: the process answers. `/ready`: it has something to serve, with what is amiss all the same; else 503 with the reason. */
export function addReadinessRoutes(app: FastifyInstance, notReadyReason: () => string | undefined, warnings: () => readonly string[] = () => []): void {
  serveUrl(app, "/healthy", {
    GET: {
      summary: "Whether the process answers.",
      access: "public",
      answers: { 200: { description: "It does.", schema: fields({ status: { const: "healthy" } }) } },
      handle: async (_request, reply) => sendJson(reply, 200, { status: "healthy" }),
    },
  });
  serveUrl(app, "/ready", {
    GET: {
      summary: "Whether there is something to serve.",
      access: "public",
      answers: {
        200: { description: "There is.", schema: fields({ status: { const: "ready" } }, { warnings: listOf(text) }) },
        503: { description: "Not yet, or no longer.", schema: fields({ status: { const: "not ready" }, reason: text }) },
      },
      handle: async (_request, reply) => {
        const reason = notReadyReason();
        if (reason !== undefined) return sendJson(reply, 503, { status: "not ready", reason });
        const amiss = warnings();
        return sendJson(reply, 200, { status: "ready", ...(amiss.length > 0 ? { warnings: amiss } : {}) });
      },
    },
  });
}
