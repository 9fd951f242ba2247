import { labelOf } from "../base/labels.ts";
import { labelNames } from "./label-names.ts";
import type { Labels, ResourceKey } from "./resource.ts";
import { shortNameOf } from "./short-names.ts";

/** What identifying a resource needs of it. */
export type Labelled = ResourceKey & { readonly labels: Labels };

/** The zone that a resource without the label `kuma.io/zone` is in. */
export const defaultZone = "default";

/** Name as its author wrote it: the label `kuma.io/display-name`, else the name. Policies of one rank are ordered by it. */
export function displayNameOf(resource: Labelled): string {
  return labelOf(resource.labels, labelNames.displayName) ?? resource.name;
}

/** Kubernetes namespace; empty in universal mode. */
export function namespaceOf(resource: { readonly labels: Labels }): string {
  return labelOf(resource.labels, labelNames.namespace) ?? "";
}

/** Zone by label; `default` where none is labelled. */
export function zoneOf(resource: { readonly labels: Labels }): string {
  return labelOf(resource.labels, labelNames.zone) ?? defaultZone;
}

/**
 * Kuma resource identifier: `kri_<short name>_<mesh>_<zone>_<namespace>_<name>_<section>`, such as
 * `kri_msvc_demo_default__backend_80`. A Mesh has neither mesh nor zone: `kri_m____demo_`.
 */
export function kriOf(resource: Labelled, section = ""): string {
  const zone = resource.kind === "Mesh" ? "" : zoneOf(resource);
  return ["kri", shortNameOf(resource.kind), resource.mesh, zone, namespaceOf(resource), displayNameOf(resource), section].join("_");
}
