import type { FastifyInstance } from "fastify";
import type { Authenticate } from "./authenticate.ts";
import type { ApiLogger } from "./context.ts";
import { createHttpServer } from "./http-server.ts";
import { text } from "./openapi/schema.ts";
import { addReadinessRoutes } from "./readiness-routes.ts";
import { serveUrl } from "./routes.ts";

export interface DiagnosticsServerOptions {
  readonly listenHost: string;
  readonly logger: ApiLogger;
  /** Who asks. Default: nobody is let in but to public routes. */
  readonly authenticate?: Authenticate;
  /** Why nothing can be served yet; undefined: ready. */
  readonly notReadyReason: () => string | undefined;
  /** What is amiss though it is ready. */
  readonly warnings?: () => readonly string[];
  /** Metrics as text, and the content type of that text. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** `/healthy`, `/ready` and `/metrics`, on a port of their own. Not listening yet. */
export function createDiagnosticsServer({ notReadyReason, warnings, metrics, ...http }: DiagnosticsServerOptions): FastifyInstance {
  const app = createHttpServer({ ...http, bodyLimitBytes: 1024 });
  addReadinessRoutes(app, notReadyReason, warnings);
  serveUrl(app, "/metrics", {
    GET: {
      summary: "Metrics, as Prometheus reads them.",
      access: "read",
      answers: { 200: { description: "All metrics.", schema: text, contentType: "text/plain" } },
      handle: async (_request, reply) => reply.header("content-type", metrics.contentType).send(Buffer.from(await metrics.text())),
    },
  });
  return app;
}
