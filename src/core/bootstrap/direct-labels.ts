import { deepFreeze } from "../base/deep-freeze.ts";
import { labelOf } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";

/** Value of `probeplane.io/held-by` while somebody asks whether any control plane has the proxy. */
export const unclaimed = "unclaimed";

/** True for a Dataplane that came with its proxy and goes with it. One that somebody wrote through the API has no such label. */
export function isDirect(dataplane: Dataplane): boolean {
  return labelOf(dataplane.labels, labelNames.lifecycle) === "direct";
}

/** The control plane that has this proxy, or `unclaimed`. */
export function holderOf(dataplane: Dataplane): string | undefined {
  return isDirect(dataplane) ? labelOf(dataplane.labels, labelNames.heldBy) : undefined;
}

/** The Dataplane as one that came with its proxy, to this control plane. */
export function heldBy(dataplane: Dataplane, holder: string): Dataplane {
  return deepFreeze({ ...dataplane, labels: { ...dataplane.labels, [labelNames.lifecycle]: "direct", [labelNames.heldBy]: holder } });
}
