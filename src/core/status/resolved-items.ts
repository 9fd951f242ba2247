import { targetsMeant } from "../match/resolve-target.ts";
import type { Target } from "../match/resolve-target.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import type { Labelled } from "../model/kri.ts";
import { parseServiceName } from "../model/service-name.ts";
import type { Policy, ToItem } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { targetText } from "../view/target-text.ts";
import type { ResolvedItem } from "./status.ts";

/** Services that are listed for an item; of more only the number is told. */
const maxListed = 8;
/** Items that are told about; a policy with more has a status that says less, not one that the API server refuses. */
const maxItems = 50;

/** What each `to` item of a policy means in a mesh, in their order. */
export function resolvedItems(mesh: MeshWorld | undefined, policy: Policy): readonly ResolvedItem[] {
  return (policy.spec.to ?? []).slice(0, maxItems).map((item) => resolvedItem(mesh, policy, item));
}

function resolvedItem(mesh: MeshWorld | undefined, policy: Policy, { targetRef }: ToItem): ResolvedItem {
  const target = targetText(targetRef);
  if (targetRef.kind === "Mesh") return { target, count: mesh?.services.size ?? 0 };
  const names = mesh === undefined ? [] : namesOf(targetsMeant(mesh, policy, targetRef));
  const resolved = names.length > 0 && names.length <= maxListed ? { resolved: names } : {};
  return { target, count: names.length, ...resolved };
}

/** A tag that was derived from a Service means the same port as the MeshService that was derived from it: it is told once. */
function namesOf(targets: readonly Target[]): readonly string[] {
  return [...new Set(targets.map(nameOf))].sort();
}

function nameOf(target: Target): string {
  if (target.kind === "service") return `${placeOf(target.service)}:${target.port.port}`;
  if (target.kind === "external") return placeOf(target.service);
  const derived = parseServiceName(target.service);
  if (derived === undefined) return target.service;
  const place = `${derived.service}.${derived.namespace}`;
  return derived.port === undefined ? place : `${place}:${derived.port}`;
}

function placeOf(service: Labelled): string {
  const namespace = namespaceOf(service);
  return namespace === "" ? displayNameOf(service) : `${displayNameOf(service)}.${namespace}`;
}
