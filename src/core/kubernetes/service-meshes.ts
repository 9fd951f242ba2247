import { annotationNames } from "./annotation-names.ts";
import { canBeMeshService } from "./derive-mesh-service.ts";
import type { NamespaceFacts } from "./membership.ts";
import type { ServiceState } from "./namespace-state.ts";
import { said, switchOf } from "./read-annotation.ts";

/**
 * The meshes that a Service is a destination in, sorted: the one that it names; else those of its pods; while it has none, that of a
 * namespace whose pods get sidecars. A Service all of whose pods are outside is in none, so that calls to it pass through as they
 * are rather than lead to nobody.
 */
export function meshesOfService({ service, meshes }: Pick<ServiceState, "service" | "meshes">, namespace: NamespaceFacts): readonly string[] {
  if (!canBeMeshService(service) || switchOf(service, annotationNames.ignore) === true) return [];
  const named = said(service, annotationNames.mesh);
  if (named !== undefined) return [named];
  if (meshes.size === 0) return namespace.injected ? [namespace.mesh] : [];
  return [...meshes.keys()].filter((mesh) => mesh !== "").sort();
}
