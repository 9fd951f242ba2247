import type { DestinationPlan, InboundPlan, OutboundPlan } from "../model/plan.ts";
import { withoutLocalhost } from "./addresses.ts";

/** `outbound:127.0.0.1:33033`, as Kuma names it; an IPv6 address stands in brackets. */
export function outboundListenerName(outbound: OutboundPlan): string {
  return `outbound:${hostPort(outbound.listenAddress, outbound.listenPort)}`;
}

/** `inbound:192.168.0.1:80`, as Kuma names it. */
export function inboundListenerName(inbound: InboundPlan): string {
  return `inbound:${hostPort(inbound.listenAddress, inbound.listenPort)}`;
}

/**
 * Routes belong to a destination, not to a listener: outbounds that lead to one destination share them, in every proxy, and a policy
 * for the destination changes them in one place.
 */
export function routeConfigName(destination: DestinationPlan): string {
  return `outbound:${destination.name}`;
}

/**
 * `localhost:8080` for an app on the loopback address, else its address and port. An app port that is spoken to as HTTP/2 by one
 * inbound and not by another is two clusters; then the HTTP/2 one says so.
 */
export function localClusterName(inbound: InboundPlan, all: readonly InboundPlan[]): string {
  const address = withoutLocalhost(inbound.appAddress);
  const name = hostPort(address === "127.0.0.1" ? "localhost" : address, inbound.appPort);
  if (!speaksHttp2ToApp(inbound)) return name;
  const sameApp = all.filter(({ appAddress, appPort }) => withoutLocalhost(appAddress) === address && appPort === inbound.appPort);
  const both = sameApp.some((other) => !speaksHttp2ToApp(other));
  return both ? `${name}:http2` : name;
}

/** Apps behind http2 and grpc inbounds get HTTP/2 without TLS; all others what Envoy takes for granted, HTTP/1.1. */
export function speaksHttp2ToApp(inbound: InboundPlan): boolean {
  return inbound.protocol === "http2" || inbound.protocol === "grpc";
}

/** Whether a listener for this protocol takes its traffic apart into requests; if not, into connections. */
export function isHttp(protocol: DestinationPlan["protocol"]): boolean {
  return protocol === "http" || protocol === "http2" || protocol === "grpc";
}

function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
