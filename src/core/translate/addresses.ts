import type { AddressJson } from "../proto/envoy/config/core/v3/address_pb.ts";

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Whether Envoy takes the address as it stands; if not, it is a name to be resolved. */
export function isIpAddress(address: string): boolean {
  return ipv4.test(address) || address.includes(":");
}

export function socketAddress(address: string, port: number): AddressJson {
  return { socketAddress: { address, portValue: port } };
}

/**
 * Where a listener binds. Envoy refuses names here: `localhost` is the loopback address, and any other name, which stands for the
 * machine itself (a container's, say), means all of its addresses.
 */
export function listenAddress(address: string, port: number): AddressJson {
  if (isIpAddress(address)) return socketAddress(address, port);
  return socketAddress(address === "localhost" ? "127.0.0.1" : "0.0.0.0", port);
}
