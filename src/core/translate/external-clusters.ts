import type { DestinationPlan, EndpointPlan, ExternalPlan, HealthCheckPlan } from "../model/plan.ts";
import { isIp } from "../model/valid-address.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { EndpointJson, LbEndpointJson, LocalityLbEndpointsJson } from "../proto/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { checkHost } from "./headers.ts";
import { tlsSocket } from "./tls-socket.ts";

type ExternalDestination = DestinationPlan & { readonly external: ExternalPlan };

/**
 * Where a destination outside the mesh is, and how to talk to it. The endpoints stand in the cluster; names are resolved by the proxy,
 * and each address that a name has is a host of its own, checked on its own. IPv4 first, because a machine without IPv6 gets such
 * addresses all the same; a name that has only IPv6 addresses works too.
 */
export function externalPart(destination: ExternalDestination): Pick<ClusterJson, "type" | "dnsLookupFamily" | "loadAssignment" | "transportSocket" | "transportSocketMatches"> {
  const { name, endpoints: { endpoints } } = destination;
  const sockets = socketsOf(destination);
  const resolved = endpoints.some(({ address }) => !isIp(address));
  return {
    type: resolved ? "STRICT_DNS" : "STATIC",
    ...(resolved && { dnsLookupFamily: "V4_PREFERRED" as const }),
    loadAssignment: { clusterName: name, ...(endpoints.length > 0 && { endpoints: localities(destination, sockets) }) },
    ...transportSockets(sockets),
  };
}

/** TLS sockets that differ, and for each address the one that it needs: the name that is asked for and verified may be its own. */
interface Sockets {
  readonly byKey: ReadonlyMap<string, ReturnType<typeof tlsSocket>>;
  readonly keyOf: ReadonlyMap<string, string>;
}

function socketsOf({ protocol, endpoints, external: { tls } }: ExternalDestination): Sockets {
  const byKey = new Map<string, ReturnType<typeof tlsSocket>>();
  const keyOf = new Map<string, string>();
  const keyByText = new Map<string, string>();
  for (const { address } of tls === undefined ? [] : endpoints.endpoints) {
    if (tls === undefined || keyOf.has(address)) continue;
    const socket = tlsSocket(tls, address, protocol);
    const text = JSON.stringify(socket);
    const key = keyByText.get(text) ?? address;
    keyByText.set(text, key);
    byKey.set(key, socket);
    keyOf.set(address, key);
  }
  return { byKey, keyOf };
}

function transportSockets({ byKey }: Sockets): Pick<ClusterJson, "transportSocket" | "transportSocketMatches"> {
  const [only, another] = [...byKey.values()];
  if (only === undefined) return {};
  if (another === undefined) return { transportSocket: only };
  return { transportSocketMatches: [...byKey].map(([key, transportSocket]) => ({ name: key, match: { address: key }, transportSocket })) };
}

function localities(destination: ExternalDestination, sockets: Sockets): LocalityLbEndpointsJson[] {
  const byPriority = new Map<number, LbEndpointJson[]>();
  for (const endpoint of destination.endpoints.endpoints) {
    const { priority = 0 } = endpoint;
    byPriority.set(priority, [...(byPriority.get(priority) ?? []), lbEndpoint(destination, endpoint, sockets)]);
  }
  return [...byPriority].map(([priority, lbEndpoints]) => ({ lbEndpoints, ...(priority > 0 && { priority }) }));
}

function lbEndpoint(destination: ExternalDestination, { address, port }: EndpointPlan, { byKey, keyOf }: Sockets): LbEndpointJson {
  const key = keyOf.get(address);
  const matched = key !== undefined && byKey.size > 1;
  return {
    endpoint: { address: { socketAddress: { address, portValue: port } }, ...hostNames(destination, address) },
    ...(matched && { metadata: { filterMetadata: { "envoy.transport_socket_match": { address: key } } } }),
  };
}

/**
 * What the server is called in requests and checks. A request has the name that was resolved (`auto_host_rewrite` in the route); an
 * address has no name but the one that TLS asks for. A check would have the cluster's name, which no server outside knows.
 */
function hostNames({ external, healthCheck }: ExternalDestination, address: string): Pick<EndpointJson, "hostname" | "healthCheckConfig"> {
  const serverName = external.tls?.serverName;
  const name = isIp(address) ? serverName : address;
  const hostname = name ?? (address.includes(":") ? `[${address}]` : address);
  return {
    ...(healthCheck !== undefined && !namesItsHost(healthCheck) && { healthCheckConfig: { hostname } }),
    ...(isIp(address) && name !== undefined && { hostname: name }),
  };
}

function namesItsHost({ check }: HealthCheckPlan): boolean {
  switch (check.kind) {
    case "http": return (checkHost(check) ?? "") !== "";
    case "grpc": return check.authority !== "";
    case "tcp": return true;
  }
}
