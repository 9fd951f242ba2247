import type { DestinationPlan, InboundPlan, IpFamily, OutboundPlan } from "../model/plan.ts";
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
 * Names of the outbound listeners for which a proxy has no room: Envoy takes one listener of an address, and a call to the proxy's own
 * address is one to its own app. Only where connections are redirected can there be such an outbound, to a service without VIPs.
 */
export function placesTaken(inbounds: readonly InboundPlan[]): ReadonlySet<string> {
  const captured = inbounds.filter((inbound) => inbound.captured === true);
  return new Set(captured.map(({ listenAddress, listenPort }) => `outbound:${hostPort(listenAddress, listenPort)}`));
}

/** `outbound:passthrough:ipv4`, as Kuma names the listener where redirected connections arrive and the cluster that passes them on. */
export function passthroughName(direction: "inbound" | "outbound", family: IpFamily): string {
  return `${direction}:passthrough:${family.toLowerCase()}`;
}

/**
 * Routes belong to a destination, not to a listener: outbounds that lead to one destination share them, in every proxy, and a policy
 * for the destination changes them in one place.
 */
export function routeConfigName(destination: DestinationPlan): string {
  return `outbound:${destination.name}`;
}

/** Routes to an app belong to its cluster: pods of one kind have the same ones, whatever their addresses are. */
export function appRouteConfigName(inbound: InboundPlan, all: readonly InboundPlan[]): string {
  return `inbound:${localClusterName(inbound, all)}`;
}

/**
 * `localhost:8080` for an app on the loopback address, or on the address where its redirected connections go to; else its address and
 * port. An app port that is spoken to as HTTP/2 by one inbound and not by another is two clusters; then the HTTP/2 one says so. Each
 * further inbound to an app has a cluster of its own, which names it: policies may tell them apart, and a name must not change with them.
 */
export function localClusterName(inbound: InboundPlan, all: readonly InboundPlan[]): string {
  const address = withoutLocalhost(inbound.appAddress);
  const name = hostPort(address === "127.0.0.1" || isOnlyOwn(inbound, all) ? "localhost" : address, inbound.appPort);
  const sameApp = all.filter(({ appAddress, appPort }) => withoutLocalhost(appAddress) === address && appPort === inbound.appPort);
  const [first] = sameApp.filter((other) => speaksHttp2ToApp(other) === speaksHttp2ToApp(inbound)).map(inboundListenerName).sort();
  const spoken = speaksHttp2ToApp(inbound) && sameApp.some((other) => !speaksHttp2ToApp(other)) ? `${name}:http2` : name;
  return first === undefined || first === inboundListenerName(inbound) ? spoken : `${spoken}@${hostPort(inbound.listenAddress, inbound.listenPort)}`;
}

/** A pod's own address is what `localhost` would be without redirection, unless another inbound leads to that port elsewhere. */
function isOnlyOwn({ captured, appAddress, appPort, listenAddress }: InboundPlan, all: readonly InboundPlan[]): boolean {
  return captured === true && appAddress === listenAddress && all.every((other) => other.appPort !== appPort || other.appAddress === appAddress);
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
