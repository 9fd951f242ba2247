import { decidingPolicies } from "../model/deciding-policies.ts";
import type { DestinationPlan, EndpointsPlan } from "../model/plan.ts";
import { keyText, type ResourceKey } from "../model/resource.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { ClusterLoadAssignmentSchema } from "../proto/envoy/config/endpoint/v3/endpoint_pb.ts";
import { RouteConfigurationSchema } from "../proto/envoy/config/route/v3/route_pb.ts";
import { destinationCluster } from "../translate/clusters.ts";
import { destinationEndpoints, isDiscovered } from "../translate/endpoints.ts";
import { isHttp, routeConfigName } from "../translate/names.ts";
import { destinationRoutes } from "../translate/routes.ts";
import { encodeBytes, type EncodedBytes } from "./encoded-bytes.ts";
import { encodeCluster, type ClusterParts } from "./encoded-cluster.ts";
import { WeakValues } from "./weak-values.ts";

/** All that a destination is in bytes, the same for every proxy that calls it. */
export interface DestinationParts {
  /** Tells these parts from all others of one builder; equal parts may have different ordinals. */
  readonly ordinal: number;
  readonly cluster: ClusterParts | EncodedBytes;
  /** Absent when the cluster carries its endpoints itself. */
  readonly endpoints?: EncodedBytes;
  /** Absent when the traffic is not HTTP. */
  readonly routes?: EncodedBytes;
}

/** Encodes each destination once, each set of endpoints once (policies change often, endpoints with them seldom), each route once. */
export function createDestinationEncoder(): { parts(destination: DestinationPlan, mesh: string): DestinationParts } {
  const known = new WeakMap<DestinationPlan, DestinationParts>();
  const knownEndpoints = new WeakMap<EndpointsPlan, Map<string, EncodedBytes>>();
  const knownRoutes = new WeakValues<string, EncodedBytes>();
  let lastOrdinal = 0;

  function endpointsOf(destination: DestinationPlan): EncodedBytes {
    const { name, endpoints } = destination;
    let named = knownEndpoints.get(endpoints);
    if (named === undefined) knownEndpoints.set(endpoints, (named = new Map<string, EncodedBytes>()));
    let encoded = named.get(name);
    if (encoded === undefined) named.set(name, (encoded = encodeBytes(ClusterLoadAssignmentSchema, name, destinationEndpoints(destination))));
    return encoded;
  }

  function routesOf(destination: DestinationPlan, mesh: string): EncodedBytes {
    const name = routeConfigName(destination);
    const { external, retry, timeouts } = destination;
    const madeFrom = decidersOf(destination, mesh).filter(({ kind }) => routeDeciders.has(kind));
    const key = `${external === undefined ? "in" : "out"} ${name} ${textOf(retry)} ${textOf(timeouts)} ${madeFrom.map(keyText).join(" ")}`;
    return knownRoutes.getOrMake(key, () => encodeBytes(RouteConfigurationSchema, name, destinationRoutes(destination), madeFrom));
  }

  return {
    parts(destination, mesh) {
      let parts = known.get(destination);
      if (parts === undefined) {
        parts = {
          ordinal: ++lastOrdinal,
          cluster: clusterOf(destination, decidersOf(destination, mesh).filter(({ kind }) => kind !== "MeshRetry")),
          ...(isDiscovered(destination) && { endpoints: endpointsOf(destination) }),
          ...(isHttp(destination.protocol) && { routes: routesOf(destination, mesh) }),
        };
        known.set(destination, parts);
      }
      return parts;
    },
  };
}

/** Kinds whose policies routes are made of, MeshRetry routes alone; and the service outside the mesh, as for its cluster. */
const routeDeciders: ReadonlySet<string> = new Set(["MeshRetry", "MeshTimeout", "MeshExternalService"]);

/** The text of a part of a plan, which many destinations have in common. */
const partTexts = new WeakMap<object, string>();

function textOf(part: object | undefined): string {
  if (part === undefined) return "";
  let text = partTexts.get(part);
  if (text === undefined) partTexts.set(part, (text = JSON.stringify(part)));
  return text;
}

/** What goes out of the mesh does not say who the sender is. */
function clusterOf(destination: DestinationPlan, madeFrom: readonly ResourceKey[]): ClusterParts | EncodedBytes {
  const cluster = destinationCluster(destination);
  if (destination.external !== undefined) return encodeBytes(ClusterSchema, destination.name, cluster, madeFrom);
  return encodeCluster(destination.name, cluster, madeFrom);
}

/** Every policy that decided something about the destination or about TLS to it, and the service outside the mesh that it is; each once, sorted. */
function decidersOf({ decidedBy, external, tls }: DestinationPlan, mesh: string): readonly ResourceKey[] {
  const keys = new Map<string, ResourceKey>(decidingPolicies(decidedBy, mesh).map((key) => [`${key.kind}/${key.name}`, key]));
  if (external !== undefined) keys.set(`MeshExternalService/${external.service}`, { kind: "MeshExternalService", mesh, name: external.service });
  for (const name of tls?.parametersFrom ?? []) keys.set(`MeshTLS/${name}`, { kind: "MeshTLS", mesh, name });
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}
