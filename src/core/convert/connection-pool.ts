import type { JsonObject } from "../base/json.ts";
import type { Fields } from "./fields.ts";
import { compact } from "./output.ts";
import type { Findings } from "./remarks.ts";

/** What a `connectionPool` comes to. */
export interface ConnectionPool {
  /** A MeshTimeout's conf. */
  readonly timeouts: JsonObject | undefined;
  /** A MeshCircuitBreaker's `connectionLimits`. */
  readonly limits: JsonObject | undefined;
}

/** Reads Istio's ConnectionPoolSettings; a limit of 0 is Istio's word for none said. */
export function readConnectionPool(pool: Fields | undefined, findings: Findings): ConnectionPool {
  const [tcp, http] = [pool?.fields("tcp"), pool?.fields("http")];
  const maxConnectionDuration = tcp?.duration("maxConnectionDuration");
  if (tcp !== undefined && maxConnectionDuration !== undefined) findings.remark("differs", tcp.at("maxConnectionDuration"), "it holds for HTTP connections only");
  const timeouts = compact({
    connectionTimeout: tcp?.duration("connectTimeout"),
    idleTimeout: readIdleTimeout(tcp, http, findings),
    http: compact({ maxConnectionDuration }),
  });
  const limits = compact({
    maxConnections: limit(tcp, "maxConnections"),
    maxPendingRequests: limit(http, "http1MaxPendingRequests"),
    maxRequests: limit(http, "http2MaxRequests"),
    maxRetries: limit(http, "maxRetries"),
  });
  return { timeouts, limits };
}

/** Istio has one for TCP, which holds for HTTP too, and one for HTTP that goes before it. */
function readIdleTimeout(tcp: Fields | undefined, http: Fields | undefined, findings: Findings): string | undefined {
  const [ofTcp, ofHttp] = [tcp?.duration("idleTimeout"), http?.duration("idleTimeout")];
  if (tcp !== undefined && ofTcp !== undefined && ofHttp !== undefined && ofTcp !== ofHttp) {
    findings.remark("differs", tcp.at("idleTimeout"), `there is one idle timeout for TCP and HTTP: that of HTTP, ${ofHttp}`);
  }
  return ofHttp ?? ofTcp;
}

function limit(fields: Fields | undefined, name: string): number | undefined {
  const count = fields?.count(name) ?? 0;
  return count === 0 ? undefined : count;
}
