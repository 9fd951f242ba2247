import type { FilterJson } from "../proto/envoy/config/listener/v3/listener_components_pb.ts";
import { RouterSchema } from "../proto/envoy/extensions/filters/http/router/v3/router_pb.ts";
import {
  HttpConnectionManagerSchema,
  type HttpConnectionManagerJson,
  type HttpFilterJson,
} from "../proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { TcpProxySchema, type TcpProxyJson } from "../proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { anyOf } from "./any.ts";

const router: HttpFilterJson = {
  name: "envoy.filters.http.router",
  typedConfig: anyOf(RouterSchema, {}),
};

type HttpSettings = Pick<HttpConnectionManagerJson, "statPrefix" | "rds" | "accessLog" | "forwardClientCertDetails" | "setCurrentClientCertDetails" | "requestHeadersTimeout">;

/**
 * Envoy's HTTP connection manager. Takes both HTTP versions, whichever the client speaks (codec AUTO, the default).
 * @param before what requests go through before they are routed.
 */
export function httpTraffic(settings: HttpSettings, before: readonly HttpFilterJson[] = []): FilterJson {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typedConfig: anyOf(HttpConnectionManagerSchema, { ...settings, httpFilters: [...before, router] }),
  };
}

/** Envoy's TCP proxy. */
export function tcpTraffic(settings: Pick<TcpProxyJson, "statPrefix" | "cluster" | "accessLog" | "idleTimeout" | "maxConnectAttempts">): FilterJson {
  return {
    name: "envoy.filters.network.tcp_proxy",
    typedConfig: anyOf(TcpProxySchema, settings),
  };
}
