import { fastify, type FastifyInstance } from "fastify";
import { nobody, requireAccess, type Authenticate } from "./authenticate.ts";
import type { ApiLogger } from "./context.ts";
import { answerClientError } from "./client-error.ts";
import { countRequests, type RequestCounts } from "./count-requests.ts";
import { ApiError } from "./errors.ts";
import { hostCheck } from "./host-check.ts";
import { limitRate } from "./rate-limit.ts";
import { answerTo, sendError, sendText } from "./reply.ts";

/** Longest path segment that is looked at; names have at most 253 characters. */
const maxSegmentLength = 1024;
const idleTimeoutMs = 65_000;

export interface HttpServerOptions {
  /** Where it will listen; the `Host` header is checked against it. */
  readonly listenHost: string;
  /** More names that mean this server: those in its certificate. */
  readonly names?: () => readonly string[];
  readonly bodyLimitBytes: number;
  readonly logger: ApiLogger;
  /** Who asks. Default: nobody is let in but to public routes. */
  readonly authenticate?: Authenticate;
  /** Milliseconds in which a request has to arrive whole; then it is answered with 408. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Connections at a time; a further one is closed at once. Default 10,000. */
  readonly maxConnections?: number;
  /** Requests of one address in a second; more are answered with 429. Default: any number. */
  readonly maxRequestsPerSecond?: number;
  /** Absent: nothing is counted. */
  readonly counts?: RequestCounts;
}

/** What the API and the diagnostics have in common: limits, the check of `Host`, authentication, error bodies, 404. No route yet. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { listenHost, names = () => [], bodyLimitBytes, logger, authenticate = nobody, requestTimeoutMs = 30_000, maxConnections = 10_000 } = options;
  const app = fastify({
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 10) },
    clientErrorHandler: answerClientError,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Nothing else ends a connection whose client does not read its answer.
    connectionTimeout: 2 * requestTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: maxSegmentLength },
    frameworkErrors: (error, _request, reply) => void sendError(reply, answerTo(error, bodyLimitBytes) ?? internalError()),
  });
  app.server.maxConnections = maxConnections;
  app.removeAllContentTypeParsers();
  // Bodies stay bytes: which errors they have is answered after the checks that come before reading them.
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  if (options.counts !== undefined) countRequests(app, options.counts);
  if (options.maxRequestsPerSecond !== undefined) limitRate(app, options.maxRequestsPerSecond);
  app.addHook("onRequest", hostCheck(listenHost, names));
  requireAccess(app, authenticate);
  app.addHook("onResponse", async (request, reply) => {
    logger.debug({ method: request.method, path: request.url, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) }, "request");
  });
  app.setNotFoundHandler((_request, reply) => void sendText(reply, 404, "404: Page Not Found"));
  app.setErrorHandler((error, request, reply) => {
    const answer = answerTo(error, bodyLimitBytes);
    if (answer === undefined) logger.error({ err: error, method: request.method, path: request.url }, "request failed");
    void sendError(reply, answer ?? internalError());
  });
  return app;
}

/** Says nothing about the cause: that is for the log. */
function internalError(): ApiError {
  return new ApiError(500, "Internal Server Error", "Internal Server Error");
}
