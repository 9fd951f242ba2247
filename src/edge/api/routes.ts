import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../../core/access/identity.ts";
import type { JsonObject } from "../../core/base/json.ts";
import { sendText } from "./reply.ts";

export type { Access };

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What an answer looks like. A schema is JSON Schema as OpenAPI 3.1 has it. */
export interface Answer {
  readonly description: string;
  /** Absent: there is no body worth describing. */
  readonly schema?: JsonObject;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Other types that the answer may have when it is asked for, and their schemas. */
  readonly otherTypes?: Readonly<Record<string, JsonObject>>;
}

/** A query parameter, or a header of a request. */
export interface Parameter {
  readonly description: string;
  /** Default: a text. */
  readonly schema?: JsonObject;
}

/**
 * One method of one URL: what it does, who may ask, what it takes and answers. The OpenAPI document is made of these, so that no
 * route is without its documentation; errors with Kuma's body are the same everywhere and stand in no operation.
 */
export interface Operation {
  readonly handle: Handler;
  readonly access: Access;
  /** One line, for people. */
  readonly summary: string;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly headers?: Readonly<Record<string, Parameter>>;
  /** Schema of the request's body, as JSON or YAML. Absent: it takes none. */
  readonly body?: JsonObject;
  /** By status; those that are no error, and errors with another body than Kuma's. */
  readonly answers: Readonly<Record<number, Answer>>;
}

/** Operations of one URL. The order is that of the header `Allow`. */
export interface Operations {
  readonly PUT?: Operation;
  readonly POST?: Operation;
  readonly DELETE?: Operation;
  readonly GET?: Operation;
}

/** An operation with where it is served. */
export interface ServedOperation extends Operation {
  readonly method: string;
  /** With parameters as the router writes them: `/meshes/:mesh`. */
  readonly url: string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    readonly operation?: Operation;
    /** A method that the URL does not know: answered with 405. */
    readonly refusesMethod?: true;
  }
}

const allMethods = ["PUT", "DELETE", "GET", "POST", "PATCH", "OPTIONS"] as const;

/** Serves a URL, and answers every other method on it with 405 and what is allowed, as Kuma's API does. */
export function serveUrl(app: FastifyInstance, url: string, operations: Operations): void {
  const allowed = Object.keys(operations) as (keyof Operations)[];
  for (const method of allowed) {
    const operation = operations[method];
    if (operation !== undefined) app.route({ method, url, handler: operation.handle, config: { operation } });
  }
  const refused = allMethods.filter((method) => !Object.hasOwn(operations, method));
  const refuse: Handler = async (_request, reply) => sendText(reply.header("allow", allowed.join(", ")), 405, "405: Method Not Allowed");
  app.route({ method: refused, url, handler: refuse, config: { refusesMethod: true } });
}

/** The operations that are added to a server from now on. The list grows with them. */
export function recordOperations(app: FastifyInstance): readonly ServedOperation[] {
  const served: ServedOperation[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    const operation = config?.operation;
    if (operation !== undefined && method !== "HEAD") served.push({ ...operation, method: String(method), url });
  });
  return served;
}
