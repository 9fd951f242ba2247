import type { JsonObject } from "../base/json.ts";

/** Where the control plane serves xDS, seen from the proxy. */
export interface ControlPlaneAddress {
  readonly host: string;
  readonly port: number;
  /** Certificates (PEM) of which one has to have signed the control plane's; absent: no TLS. */
  readonly caPem?: string;
}

/** An IPv4 address, or something with colons, which no DNS name has: only IPv6 addresses get here with them. */
export function isIpAddress(host: string): boolean {
  return host.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

/** Envoy's core.v3.Address. */
export function addressOf(address: string, port: number): JsonObject {
  return { socket_address: { address, port_value: port } };
}
