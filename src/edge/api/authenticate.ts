import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { mayUse, type Access, type Identity } from "../../core/access/identity.ts";
import { refusalText, type TokenRefusal } from "../../core/access/refusal.ts";
import { ApiError } from "./errors.ts";

/** What is known of a request before anything of it is looked at. */
export interface Credentials {
  /** The header `authorization`, as it was sent. */
  readonly authorization: string | undefined;
  /** The other end of the connection. */
  readonly remoteAddress: string | undefined;
  /** A browser sent it, for a page that is not this server's. */
  readonly isForeignPage: boolean;
}

/** Finds out who asks; a token that is of no use is refused also where none would be needed. */
export type Authenticate = (credentials: Credentials) => Promise<Identity | TokenRefusal>;

declare module "fastify" {
  interface FastifyRequest {
    /** Absent on public routes. */
    identity: Identity | undefined;
  }
}

/** Lets nobody in: what a server does that was not told whom it may let in. */
export const nobody: Authenticate = () => Promise.resolve("missing");

/**
 * The one point of authentication that every request passes, those to no route included. A route that does not say what it asks for
 * is the administrator's.
 */
export function requireAccess(app: FastifyInstance, authenticate: Authenticate): void {
  const guarded: GuardedRoute[] = [];
  guardedRoutes.set(app, guarded);
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) guarded.push({ method: one, url });
  });
  app.decorateRequest("identity", undefined);
  app.addHook("onRequest", async (request, reply) => {
    const access = accessOf(request);
    if (access === "public") return;
    const identity = await authenticate(credentialsOf(request));
    if (typeof identity === "string") throw unauthenticated(reply, identity);
    if (!mayUse(identity, access)) throw new ApiError(403, "Access Denied", `user ${JSON.stringify(identity.name)} may not do this`);
    request.identity = identity;
  });
}

/** A route of a server, whatever it says of itself. */
export interface GuardedRoute {
  readonly method: string;
  readonly url: string;
}

const guardedRoutes = new WeakMap<FastifyInstance, readonly GuardedRoute[]>();

/** All routes that pass the point of authentication of a server: all that it has. */
export function routesOf(app: FastifyInstance): readonly GuardedRoute[] {
  return guardedRoutes.get(app) ?? [];
}

/** Whoever is known at all may be told that a URL is nowhere, or that it knows other methods only. */
function accessOf(request: FastifyRequest): Access {
  const { config } = request.routeOptions;
  if (request.is404 || config.refusesMethod === true) return "read";
  return config.operation?.access ?? "admin";
}

function unauthenticated(reply: FastifyReply, refusal: TokenRefusal): ApiError {
  reply.header("www-authenticate", "Bearer");
  return new ApiError(401, "Unauthenticated", refusalText(refusal));
}

function credentialsOf({ headers, ip }: FastifyRequest): Credentials {
  return { authorization: headers.authorization, remoteAddress: ip, isForeignPage: isForeignPage(headers) };
}

/** Browsers name the origin of a page that asks elsewhere, or at least say that it is another site. */
function isForeignPage({ origin, host, "sec-fetch-site": site }: FastifyRequest["headers"]): boolean {
  if (site === "cross-site" || site === "same-site") return true;
  return origin !== undefined && origin !== `http://${host ?? ""}` && origin !== `https://${host ?? ""}`;
}
