import { pairText } from "../base/labels.ts";
import type { Dataplane } from "./dataplane.ts";
import { displayNameOf } from "./kri.ts";
import { labelNames } from "./label-names.ts";
import type { MeshService } from "./mesh-service.ts";
import type { Labels } from "./resource.ts";
import { bareServiceName } from "./service-name.ts";
import type { Policy, TargetRef } from "./target-ref.ts";

/** Key of what may concern every Dataplane. */
export const everyone = "*";
/** Key of what concerns none, whatever it says. */
export const nobody = "-";

/** Pairs that a store gives to everything; they narrow nothing down, so another pair is the better key. */
const broadLabels = new Set<string>([
  labelNames.mesh,
  labelNames.zone,
  labelNames.origin,
  labelNames.env,
  labelNames.proxyType,
  labelNames.namespace,
]);

/**
 * One key of a policy's top-level targetRef. A Dataplane that the policy selects has this key among `selectorKeysOf`; the
 * reverse need not hold, so whoever finds a policy by its key still asks the whole targetRef.
 */
export function policySelectorKey(policy: Policy): string {
  const { kind, name, tags, labels }: TargetRef = policy.spec.targetRef ?? { kind: "Mesh" };
  switch (kind) {
    case "Mesh":
      return everyone;
    case "MeshSubset":
      return tagsKey(tags ?? {});
    case "MeshService":
    case "MeshServiceSubset":
      return name === undefined ? nobody : `service:${bareServiceName(name)}`;
    case "Dataplane":
      if (labels !== undefined) return labelsKey(labels);
      return name === undefined ? everyone : `name:${name}`;
    default:
      return nobody;
  }
}

/** One key of a MeshService's selector, in the same sense. Without a selector a service has no endpoints. */
export function serviceSelectorKey(service: MeshService): string {
  const { dataplaneRef, dataplaneTags, dataplaneLabels } = service.spec.selector ?? {};
  if (dataplaneRef?.name !== undefined) return `name:${dataplaneRef.name}`;
  if (dataplaneTags !== undefined && Object.keys(dataplaneTags).length > 0) return tagsKey(dataplaneTags);
  const labels = dataplaneLabels?.matchLabels ?? {};
  return Object.keys(labels).length > 0 ? labelsKey(labels) : nobody;
}

/** Every key under which something may be found that concerns this Dataplane. */
export function selectorKeysOf(dataplane: Dataplane): readonly string[] {
  const keys = new Set([everyone, `name:${dataplane.name}`, `name:${displayNameOf(dataplane)}`]);
  for (const tags of tagSetsOf(dataplane)) {
    for (const [key, value] of Object.entries(tags)) {
      keys.add(`tag:${pairText(key, value)}`).add(`tag:${key}`);
      if (key === labelNames.service) keys.add(`service:${bareServiceName(value)}`);
    }
  }
  for (const [key, value] of Object.entries(dataplane.labels)) keys.add(`label:${pairText(key, value)}`);
  return [...keys];
}

/** The tag sets that are matched each as a whole: one for an inbound, one for the gateway. */
export function tagSetsOf(dataplane: Dataplane): readonly Labels[] {
  const { inbound, gateway } = dataplane.spec.networking;
  const sets: Labels[] = [];
  for (const { tags } of inbound ?? []) if (tags !== undefined) sets.push(tags);
  if (gateway !== undefined) sets.push(gateway.tags ?? {});
  return sets;
}

function tagsKey(tags: Labels): string {
  const names = Object.keys(tags).sort();
  const exact = names.filter((name) => tags[name] !== "*");
  const best = exact.find((name) => name === labelNames.service) ?? exact.find((name) => !broadLabels.has(name)) ?? exact[0];
  if (best !== undefined) return `tag:${pairText(best, tags[best] ?? "")}`;
  return names[0] === undefined ? everyone : `tag:${names[0]}`;
}

function labelsKey(labels: Labels): string {
  const exact = Object.keys(labels).sort().filter((name) => labels[name] !== "*");
  // Who has no such label is known by its own name.
  if (exact.includes(labelNames.displayName)) return `name:${labels[labelNames.displayName] ?? ""}`;
  const best = exact.find((name) => !broadLabels.has(name)) ?? exact[0];
  return best === undefined ? everyone : `label:${pairText(best, labels[best] ?? "")}`;
}
