import type { DestinationPlan, EndpointPlan } from "../model/plan.ts";
import type { ClusterLoadAssignmentJson } from "../proto/envoy/config/endpoint/v3/endpoint_pb.ts";
import { isIpAddress, socketAddress } from "./addresses.ts";
import { takesMutualTls } from "./mesh-tls.ts";

/**
 * The hosts of a cluster: address and port, and nothing that nobody reads, because endpoints are most of what is sent after a policy
 * edit (a changed cluster has to be followed by its endpoints). One locality; no endpoints: none.
 */
export function loadAssignment(clusterName: string, endpoints: readonly EndpointPlan[]): ClusterLoadAssignmentJson {
  if (endpoints.length === 0) return { clusterName };
  const lbEndpoints = endpoints.map(({ address, port, mutualTls }) => ({
    endpoint: { address: socketAddress(address, port) },
    ...(mutualTls === true && { metadata: { filterMetadata: takesMutualTls } }),
  }));
  return { clusterName, endpoints: [{ lbEndpoints }] };
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
