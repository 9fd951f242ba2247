import type { FastifyInstance } from "fastify";
import { openApiDocument } from "./openapi/document.ts";
import { anyObject } from "./openapi/schema.ts";
import { sendJson } from "./reply.ts";
import { serveUrl, type ServedOperation } from "./routes.ts";

/** `/openapi.json`: what `served` comes to once all routes are added, itself included. */
export function addDocumentRoute(app: FastifyInstance, served: readonly ServedOperation[], version: string): void {
  serveUrl(app, "/openapi.json", {
    GET: {
      summary: "This document.",
      access: "read",
      answers: { 200: { description: "OpenAPI 3.1.", schema: anyObject } },
      handle: async (_request, reply) => sendJson(reply, 200, openApiDocument(served, version)),
    },
  });
}
