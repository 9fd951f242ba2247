import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./errors.ts";
import { sendError } from "./reply.ts";

/**
 * True when the `Host` header names this server: a loopback name or address, or the address on which it listens, or one of the
 * names in its certificate; any address when it listens on all of them. A page of another site that has its own name resolve to 127.0.0.1 (DNS rebinding) still sends its own name.
 */
export function isOwnHost(header: string, listenHost: string, names: readonly string[] = []): boolean {
  const host = hostName(header);
  if (host === undefined) return false;
  if (isLoopback(host) || host === bare(listenHost) || names.some((name) => means(name, host))) return true;
  return isWildcard(listenHost) && isIP(host) !== 0;
}

/** Refuses requests whose `Host` is not ours, before anything else is looked at. */
export function hostCheck(listenHost: string, names: () => readonly string[]): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  return async (request, reply) => {
    const header = request.headers.host ?? "";
    if (isOwnHost(header, listenHost, names())) return undefined;
    const detail = `the Host header ${JSON.stringify(header)} does not name this server; use its address or localhost`;
    return sendError(reply, new ApiError(403, "Access Denied", detail));
  };
}

/** Host without port and brackets, in lower case; undefined when it is no host at all. */
function hostName(header: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::\d{1,5})?$/.exec(header);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/** `*.example.com` means every name that has one part more. */
function means(name: string, host: string): boolean {
  const lower = name.toLowerCase();
  return lower === host || (lower.startsWith("*.") && host.includes(".") && host.slice(host.indexOf(".")) === lower.slice(1));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isWildcard(listenHost: string): boolean {
  return ["0.0.0.0", "::"].includes(bare(listenHost));
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "").toLowerCase();
}
