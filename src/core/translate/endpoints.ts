import type { DestinationPlan, EndpointPlan } from "../model/plan.ts";
import type { ClusterLoadAssignmentJson } from "../proto/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { LbEndpointJson } from "../proto/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { isIpAddress, socketAddress } from "./addresses.ts";
import { takesMutualTls } from "./mesh-tls.ts";

/**
 * The hosts of a cluster: address and port, and nothing that nobody reads, because endpoints are most of what is sent after a policy
 * edit (a changed cluster has to be followed by its endpoints). One locality; no endpoints: none.
 */
export function loadAssignment(clusterName: string, endpoints: readonly EndpointPlan[]): ClusterLoadAssignmentJson {
  if (endpoints.length === 0) return { clusterName };
  const lbEndpoints = endpoints.map((endpoint) => ({ endpoint: { address: socketAddress(endpoint.address, endpoint.port) }, ...metadata(endpoint) }));
  return { clusterName, endpoints: [{ lbEndpoints }] };
}

/** What is said of an endpoint: that it takes mutual TLS, and tags by which retries leave it out (the name is Envoy's). */
function metadata({ mutualTls, tags }: EndpointPlan): Pick<LbEndpointJson, "metadata"> {
  if (mutualTls !== true && tags === undefined) return {};
  return { metadata: { filterMetadata: { ...(tags !== undefined && { "envoy.lb": tags }), ...(mutualTls === true && takesMutualTls) } } };
}

/** The endpoints of a destination, for EDS. */
export function destinationEndpoints({ name, endpoints }: DestinationPlan): ClusterLoadAssignmentJson {
  return loadAssignment(name, endpoints.endpoints);
}

/**
 * Whether the endpoints come by EDS. Envoy refuses names among endpoints that it discovers; a cluster with such an endpoint carries its
 * endpoints itself and resolves them. So does one to a destination outside the mesh: its endpoints change only with it.
 */
export function isDiscovered({ endpoints, external }: DestinationPlan): boolean {
  return external === undefined && endpoints.endpoints.every(({ address }) => isIpAddress(address));
}
