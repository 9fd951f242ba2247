import type { FastifyInstance } from "fastify";
import { sendJson } from "./reply.ts";
import { serveUrl } from "./routes.ts";

/** `/healthy`: the process answers. `/ready`: it has something to serve, else 503 with the reason. */
export function addReadinessRoutes(app: FastifyInstance, notReadyReason: () => string | undefined): void {
  serveUrl(app, "/healthy", { GET: async (_request, reply) => sendJson(reply, 200, { status: "healthy" }) });
  serveUrl(app, "/ready", {
    GET: async (_request, reply) => {
      const reason = notReadyReason();
      return reason === undefined ? sendJson(reply, 200, { status: "ready" }) : sendJson(reply, 503, { status: "not ready", reason });
    },
  });
}
