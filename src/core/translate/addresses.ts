import type { AddressJson } from "../proto/envoy/config/core/v3/address_pb.ts";

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Envoy does not resolve names where it binds or discovers; this one needs nobody to resolve it. */
export function withoutLocalhost(address: string): string {
  return address === "localhost" ? "127.0.0.1" : address;
}

/** Whether Envoy takes the address as it stands; if not, it is a name to be resolved. */
export function isIpAddress(address: string): boolean {
  return ipv4.test(withoutLocalhost(address)) || address.includes(":");
}

export function socketAddress(address: string, port: number): AddressJson {
  return { socketAddress: { address: withoutLocalhost(address), portValue: port } };
}

/** Where a listener binds. Envoy refuses names here; one that stands for the machine itself (a container's, say) means all its addresses. */
export function listenAddress(address: string, port: number): AddressJson {
  return socketAddress(isIpAddress(address) ? address : "0.0.0.0", port);
}
