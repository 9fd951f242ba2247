import { deepFreeze } from "../base/deep-freeze.ts";
import { labelNames } from "./label-names.ts";
import { defaultZone, displayNameOf } from "./kri.ts";
import type { Dataplane } from "./dataplane.ts";
import type { Labels, Resource } from "./resource.ts";

/**
 * The resource with the labels that a store adds (as Kuma's control plane does in a zone): display name, origin, and for what
 * lives in a mesh also mesh, zone, env, and for a Dataplane its proxy type. What the author wrote stays, except for the mesh,
 * which is a fact. Adding twice changes nothing; the same object comes back when nothing is missing.
 */
export function withStoreLabels<R extends Resource>(resource: R): R {
  const labels: Labels = { ...addedLabels(resource), ...resource.labels, ...factLabels(resource) };
  const complete = Object.entries(labels).every(([key, value]) => Object.hasOwn(resource.labels, key) && resource.labels[key] === value);
  return complete ? resource : deepFreeze({ ...resource, labels: sortedLabels(labels) });
}

function addedLabels(resource: Resource): Labels {
  const everywhere = { [labelNames.displayName]: displayNameOf(resource), [labelNames.origin]: "zone" };
  if (resource.mesh === "") return everywhere;
  const env = Object.hasOwn(resource.labels, labelNames.namespace) ? "kubernetes" : "universal";
  const inMesh = { ...everywhere, [labelNames.env]: env, [labelNames.zone]: defaultZone };
  return resource.kind === "Dataplane" ? { ...inMesh, [labelNames.proxyType]: proxyTypeOf(resource as Dataplane) } : inMesh;
}

function factLabels(resource: Resource): Labels {
  return resource.mesh === "" ? {} : { [labelNames.mesh]: resource.mesh };
}

function proxyTypeOf(dataplane: Dataplane): string {
  return dataplane.spec.networking.gateway === undefined ? "sidecar" : "gateway";
}

function sortedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
