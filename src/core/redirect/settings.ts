import type { PortRange } from "./port-ranges.ts";

/** Whose connections a pod's sidecar gets, and where they arrive. */
export interface RedirectSettings {
  /** Where connections to the pod arrive. */
  readonly inboundPort: number;
  /** Where connections of the pod arrive. */
  readonly outboundPort: number;
  /** Where the agent answers probes; never redirected. */
  readonly statusPort: number;
  /** User and group of the sidecar's processes, whose own connections are left alone. */
  readonly proxyUid: number;
  readonly proxyGid: number;
  /** Ports of the pod; the empty list: nothing that comes in is redirected. */
  readonly includeInboundPorts: "*" | readonly PortRange[];
  /** Wins over what is included. */
  readonly excludeInboundPorts: readonly PortRange[];
  /** Addresses that the pod calls; the empty list: none but by `includeOutboundPorts`. */
  readonly includeOutboundCidrs: "*" | readonly string[];
  /** Ports that are redirected whatever their address, besides `includeOutboundCidrs`. */
  readonly includeOutboundPorts: readonly PortRange[];
  /** Wins over what is included. */
  readonly excludeOutboundPorts: readonly PortRange[];
  /** Wins over what is included. */
  readonly excludeOutboundCidrs: readonly string[];
  readonly ipFamilyMode: RedirectFamilies;
}

export type RedirectFamilies = "IPv4" | "IPv6" | "DualStack";

/** Istio's and Kuma's ports, and the user that Istio's sidecar has. */
export const defaultRedirect: RedirectSettings = Object.freeze({
  inboundPort: 15_006,
  outboundPort: 15_001,
  statusPort: 15_020,
  proxyUid: 1337,
  proxyGid: 1337,
  includeInboundPorts: "*",
  excludeInboundPorts: Object.freeze([]),
  includeOutboundCidrs: "*",
  includeOutboundPorts: Object.freeze([]),
  excludeOutboundPorts: Object.freeze([]),
  excludeOutboundCidrs: Object.freeze([]),
  ipFamilyMode: "DualStack",
});

/** Ports of every sidecar that nobody redirects: the agent's, Envoy's listener for the kubelet, Envoy's metrics. */
export const sidecarPorts: readonly number[] = Object.freeze([15_020, 15_021, 15_090]);
