import type { JsonObject } from "../base/json.ts";
import type { Evidence, ServiceFact } from "./evidence.ts";
import type { FailureGroup } from "./traffic.ts";

/** Whom a remedy is for. */
export interface Whose {
  /** A short name for messages and for the names of policies. */
  readonly name: string;
  /** `targetRef` of a policy for these proxies. */
  readonly top: JsonObject;
  /** `targetRef` of an item in `to`. */
  readonly destination: JsonObject;
  /** False: the log does not say whose it is, so that the policy is for the whole mesh. */
  readonly isKnown: boolean;
  readonly fact?: ServiceFact;
}

const wholeMesh: JsonObject = { kind: "Mesh" };

/** Whose app, or which destination, failed. */
export function whoseIs(group: FailureGroup, evidence: Evidence): Whose {
  return group.traffic.direction === "outbound" ? destinationOf(group, evidence) : appOf(group, evidence);
}

function destinationOf({ traffic: { cluster, endpoints } }: FailureGroup, { mesh }: Evidence): Whose {
  const fact = [...endpoints.values()].map(({ host }) => mesh.services.get(host)).find((each) => each !== undefined);
  const known = { isKnown: true, ...(fact !== undefined && { fact }) };
  const istio = /^outbound\|\d*\|[^|]*\|([^.|]+)\.?([^.|]*)/.exec(cluster);
  if (istio !== null) {
    const [, name = "", namespace = ""] = istio;
    return { name, top: wholeMesh, destination: { kind: "MeshService", name, ...(namespace !== "" && { namespace }) }, ...known };
  }
  const [, kri, , , namespace, name = ""] = /^kri_(msvc|extsvc)_([^_]*)_([^_]*)_([^_]*)_([^_]*)_/.exec(cluster) ?? [];
  if (kri !== undefined) {
    const kind = kri === "msvc" ? "MeshService" : "MeshExternalService";
    return { name, top: wholeMesh, destination: { kind, name, ...(namespace !== undefined && namespace !== "" && { namespace }) }, ...known };
  }
  if (cluster === "" || cluster.includes(":") || cluster.includes("Passthrough")) return unknownOwner;
  return { name: cluster, top: wholeMesh, destination: { kind: "MeshService", name: cluster }, ...known };
}

/** An app's own cluster has no service in its name: addresses of Dataplanes, the proxy's node, or the host that was asked for say it. */
function appOf({ traffic, example }: FailureGroup, { mesh, admin }: Evidence): Whose {
  const hosts = [...traffic.endpoints.values()].map(({ host }) => host);
  const fact = [example.downstreamLocal, traffic.cluster, ...hosts].map((address) => mesh.services.get(address)).find((each) => each !== undefined);
  const [first = ""] = traffic.authority.split(/[.:]/);
  const byHost = /^(?!localhost$|\d+$|\[)[a-z][a-z0-9-]*$/.test(first) ? first : "";
  const ofNode = admin.config?.nodeCluster ?? "";
  const name = mesh.service ?? fact?.service ?? (ofNode === "" ? byHost : ofNode);
  if (name === "") return unknownOwner;
  const ref = { kind: "MeshService", name };
  return { name, top: ref, destination: ref, isKnown: true, ...(fact !== undefined && { fact }) };
}

const unknownOwner: Whose = { name: "mesh", top: wholeMesh, destination: wholeMesh, isKnown: false };

/** What to say where a policy is for more than it has to be. */
export function mindWhose({ isKnown }: Whose): string {
  return isKnown ? "" : "The log does not say which service this is, so the policy is for the whole mesh: name the service with --service, or give the Dataplanes with -f.";
}
