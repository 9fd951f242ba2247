import type { FastifyInstance } from "fastify";
import { addAttachedRoutes } from "./attached-routes.ts";
import type { Authenticate } from "./authenticate.ts";
import { addCatalogueRoutes } from "./catalogue-routes.ts";
import type { ApiContext } from "./context.ts";
import type { RequestCounts } from "./count-requests.ts";
import { addDataplaneRoutes } from "./dataplane-routes.ts";
import { addEnvoyAdminRoutes } from "./envoy-admin-routes.ts";
import { createHttpServer } from "./http-server.ts";
import { addInsightRoutes } from "./insight-routes.ts";
import { addKriRoute } from "./kri-route.ts";
import { addMtlsRoutes } from "./mtls-routes.ts";
import { addOverviewRoutes } from "./overview-routes.ts";
import { addPreviewRoute } from "./preview-route.ts";
import { addReadinessRoutes } from "./readiness-routes.ts";
import { createRecentWrites } from "./recent-writes.ts";
import { addResourceRoutes } from "./resource-routes.ts";
import { addDocumentRoute } from "./document-route.ts";
import { addTokenRoutes } from "./token-routes.ts";
import { recordOperations } from "./routes.ts";

export interface ApiServerOptions {
  readonly context: ApiContext;
  /** Where it will listen; requests with another `Host` are refused. */
  readonly listenHost: string;
  /** More names that mean this server: those in its certificate. */
  readonly names?: () => readonly string[];
  /** Largest body of a request in bytes; more is answered with 413. Default 1 MiB, the largest document that any source takes. */
  readonly bodyLimitBytes?: number;
  /** Who asks. Default: nobody is let in but to public routes. */
  readonly authenticate?: Authenticate;
  /** Milliseconds in which a request has to arrive whole. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Connections at a time. Default 10,000. */
  readonly maxConnections?: number;
  /** Requests of one address in a second; more are answered with 429. Default: any number. */
  readonly maxRequestsPerSecond?: number;
  /** What is counted of requests. Default: nothing. */
  readonly counts?: RequestCounts;
}

/** The HTTP API, in the paths, answers and error bodies of Kuma's (2.14, universal). Not listening yet. */
export function createApiServer({ context, bodyLimitBytes = 1024 * 1024, ...http }: ApiServerOptions): FastifyInstance {
  const app = createHttpServer({ ...http, bodyLimitBytes, logger: context.logger });
  const served = recordOperations(app);
  const routes = { ...context, writes: createRecentWrites(context.view) };
  addCatalogueRoutes(app, routes);
  addReadinessRoutes(app, () => notReadyReason(context));
  addResourceRoutes(app, routes);
  addDataplaneRoutes(app, routes);
  addOverviewRoutes(app, routes);
  addAttachedRoutes(app, routes);
  addEnvoyAdminRoutes(app, routes);
  addInsightRoutes(app, routes);
  addKriRoute(app, routes);
  addPreviewRoute(app, routes);
  addMtlsRoutes(app, routes);
  addTokenRoutes(app, routes);
  addDocumentRoute(app, served, context.identity.version);
  return app;
}

function notReadyReason({ view }: ApiContext): string | undefined {
  return view.ready ? undefined : "the first whole state of all resources is not loaded yet";
}
