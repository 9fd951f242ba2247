import type { ResourceKey } from "../model/resource.ts";

/** The types of discovery resources that we serve, as their `Any` type URLs. */
export const typeUrls = {
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
} as const;

/** The order in which types are sent: make before break (xDS protocol, "Eventual consistency considerations"). */
export const typeOrder: readonly string[] = [typeUrls.cluster, typeUrls.endpoints, typeUrls.listener, typeUrls.route, typeUrls.secret];

/** One discovery resource in bytes. Encoded once; every proxy with the same content holds the same object or the same parts. */
export interface EncodedResource {
  readonly name: string;
  /** Hash of the encoded bytes: equal content, equal version, on every control plane and after every restart. */
  readonly version: string;
  /** Length of the encoded message (the `value` of its Any). */
  readonly byteLength: number;
  /** Writes exactly `byteLength` bytes. */
  writeTo(target: Uint8Array, offset: number): void;
  /** Policies that decided something in it; a rejection is told to them. */
  readonly madeFrom: readonly ResourceKey[];
}

/** All resources of one type for one proxy. */
export interface TypeSnapshot {
  /** Hash over names and versions, for `version_info` in state of the world. */
  readonly version: string;
  readonly resources: ReadonlyMap<string, EncodedResource>;
}

/** All that one proxy gets, by type URL. A type with nothing in it has an empty TypeSnapshot. */
export interface Snapshot {
  readonly types: ReadonlyMap<string, TypeSnapshot>;
}
