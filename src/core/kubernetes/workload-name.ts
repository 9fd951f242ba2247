import { labelOf } from "../base/labels.ts";
import type { Pod } from "./pod.ts";

/**
 * What a pod without a Service is called by: the name of what made it. A ReplicaSet is named after its Deployment and the hash of its
 * template, a Job of a CronJob after that and the minute; the pod's own name when nobody made it.
 */
export function workloadName({ metadata }: Pod): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return metadata.name;
  const hash = labelOf(metadata.labels, "pod-template-hash");
  if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) return owner.name.slice(0, -hash.length - 1);
  if (owner.kind === "Job") return owner.name.replace(/-\d{8,10}$/, "");
  return owner.name;
}
