import { toProtoDuration } from "../base/duration.ts";
import type { TimeoutPlan } from "../model/timeout-plan.ts";
import type { HttpConnectionManagerJson } from "../proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { TcpProxyJson } from "../proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { envoyIdleMs } from "./protocol-options.ts";

/** For a listener that takes requests: Envoy has this timeout nowhere else. */
export function headersTimeout({ requestHeadersMs }: TimeoutPlan = {}): Pick<HttpConnectionManagerJson, "requestHeadersTimeout"> {
  return requestHeadersMs === undefined ? {} : { requestHeadersTimeout: toProtoDuration(requestHeadersMs) };
}

/** For a listener that passes bytes on; as Envoy does by itself: nothing. */
export function tcpIdleTimeout({ idleMs = envoyIdleMs }: TimeoutPlan = {}): Pick<TcpProxyJson, "idleTimeout"> {
  return idleMs === envoyIdleMs ? {} : { idleTimeout: toProtoDuration(idleMs) };
}
