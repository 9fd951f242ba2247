import { toProtoDuration } from "../base/duration.ts";
import type { TimeoutPlan } from "../model/timeout-plan.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { HttpProtocolOptionsJson } from "../proto/envoy/config/core/v3/protocol_pb.ts";
import { HttpProtocolOptionsSchema } from "../proto/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import { anyOf } from "./any.ts";

/** Envoy's own for a connection without a request, and for a TCP connection on which no byte moves. */
export const envoyIdleMs = 3_600_000;

/**
 * Makes a cluster speak HTTP/2 and nothing else, or HTTP/1.1, which it would anyway, where its connections or requests have limits that
 * are not Envoy's own. Nothing for a cluster whose traffic is not HTTP: its proxy knows of no requests.
 */
export function protocolOptions(httpVersion: 1 | 2 | undefined, timeouts: TimeoutPlan | undefined): Pick<ClusterJson, "typedExtensionProtocolOptions"> {
  const limits = limitsOf(timeouts ?? {});
  if (httpVersion === undefined || (httpVersion === 1 && limits === undefined)) return {};
  const explicitHttpConfig = httpVersion === 2 ? { http2ProtocolOptions: {} } : { httpProtocolOptions: {} };
  const options = { ...(limits !== undefined && { commonHttpProtocolOptions: limits }), explicitHttpConfig };
  return { typedExtensionProtocolOptions: { [HttpProtocolOptionsSchema.typeName]: anyOf(HttpProtocolOptionsSchema, options) } };
}

function limitsOf({ idleMs = envoyIdleMs, maxConnectionDurationMs, maxStreamDurationMs }: TimeoutPlan): HttpProtocolOptionsJson | undefined {
  const limits = {
    ...(idleMs !== envoyIdleMs && { idleTimeout: toProtoDuration(idleMs) }),
    ...(maxConnectionDurationMs !== undefined && { maxConnectionDuration: toProtoDuration(maxConnectionDurationMs) }),
    ...(maxStreamDurationMs !== undefined && { maxStreamDuration: toProtoDuration(maxStreamDurationMs) }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}
