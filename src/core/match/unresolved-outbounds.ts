import { deepFreeze } from "../base/deep-freeze.ts";
import type { Notice } from "../base/notice.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { ResolvedOutbounds } from "./destinations.ts";

const none: readonly Notice[] = Object.freeze([]);

/** Outbounds of a Dataplane that lead nowhere: they get neither cluster nor listener, and say why. */
export function unresolvedOutbounds(dataplane: Dataplane, { missing }: Pick<ResolvedOutbounds, "missing">): readonly Notice[] {
  if (missing.length === 0) return none;
  const about = { kind: dataplane.kind, mesh: dataplane.mesh, name: dataplane.name };
  return deepFreeze(missing.map(({ listen, why }) => ({
    code: "unresolved-target",
    about,
    path: `networking.outbound[${listen.position}]`,
    message: `the outbound on ${listen.address}:${listen.port} is not served: ${why}`,
  })));
}
