import type { CapturePlan, IpFamily } from "../model/plan.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { FilterChainJson } from "../proto/envoy/config/listener/v3/listener_components_pb.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { accessLog } from "./access-log.ts";
import { socketAddress } from "./addresses.ts";
import { connectTimeout } from "./clusters.ts";
import { tcpTraffic } from "./filters.ts";
import { fromMarkedAddress } from "./marked-address.ts";
import { passthroughName } from "./names.ts";

type Direction = "inbound" | "outbound";

const all: Readonly<Record<IpFamily, string>> = { IPv4: "0.0.0.0", IPv6: "::" };

/** Without an endpoint: a connection that is sent there ends at once. */
const nowhere = "captured:nowhere";

/** Where redirected connections arrive. Those for which there is a listener of their own are handed on to it. */
export function capturingListeners(capture: CapturePlan): readonly ListenerJson[] {
  return arrivals(capture).flatMap(({ direction, port }) => capture.families.map((family) => capturingListener(direction, family, port, capture)));
}

/** What they lead to when nobody else takes the connection. */
export function passthroughClusters(capture: CapturePlan): readonly ClusterJson[] {
  const passing = arrivals(capture).filter(({ direction }) => isPassed(direction, capture));
  return [
    ...passing.flatMap(({ direction }) => capture.families.map((family) => passthroughCluster(direction, family))),
    { name: nowhere, type: "STATIC", connectTimeout, loadAssignment: { clusterName: nowhere } },
  ];
}

function arrivals({ inboundPort, outboundPort }: CapturePlan): readonly { readonly direction: Direction; readonly port: number }[] {
  return [
    ...(inboundPort === undefined ? [] : [{ direction: "inbound" as const, port: inboundPort }]),
    ...(outboundPort === undefined ? [] : [{ direction: "outbound" as const, port: outboundPort }]),
  ];
}

/** What arrives for the app is passed on, for the app to refuse; but not past a proxy that takes mutual TLS alone. */
function isPassed(direction: Direction, { passthrough, refusesUndeclared }: CapturePlan): boolean {
  return direction === "inbound" ? refusesUndeclared !== true : passthrough;
}

function capturingListener(direction: Direction, family: IpFamily, port: number, capture: CapturePlan): ListenerJson {
  const name = passthroughName(direction, family);
  // Who calls this port itself was not redirected: passed on to where it wants to go, it would come back here for ever.
  const refused = new Set([port, ...(direction === "inbound" ? (capture.refusedPorts ?? []) : [])]);
  return {
    name,
    address: socketAddress(all[family], port),
    useOriginalDst: true,
    filterChains: [
      ...[...refused].map((destinationPort) => ({ filterChainMatch: { destinationPort }, ...chainTo(direction, nowhere) })),
      chainTo(direction, isPassed(direction, capture) ? name : nowhere),
    ],
    trafficDirection: direction === "inbound" ? "INBOUND" : "OUTBOUND",
  };
}

function chainTo(direction: Direction, cluster: string): FilterChainJson {
  return { filters: [tcpTraffic({ statPrefix: cluster, cluster, accessLog: accessLog(direction, "tcp") })] };
}

function passthroughCluster(direction: Direction, family: IpFamily): ClusterJson {
  return {
    name: passthroughName(direction, family),
    type: "ORIGINAL_DST",
    lbPolicy: "CLUSTER_PROVIDED",
    connectTimeout,
    ...(direction === "inbound" && fromMarkedAddress(family)),
  };
}
