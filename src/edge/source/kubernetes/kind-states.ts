import type { FollowStatus } from "../../kube-client/follow.ts";
import type { KubeKind } from "../../kube-client/port.ts";
import { storeOrigin, type Problem } from "../port.ts";

/** How the following of one kind stands, for `/ready` and for people. */
export interface KindState {
  /** `meshhealthchecks.kuma.io`, as kubectl names it. */
  readonly kind: string;
  /** `listing`: nothing told yet. `denied`: not allowed. `missing`: the API server has no such kind. `failing`: tried again, with what there was staying. */
  readonly state: FollowStatus["state"];
  /** Why, where it is not followed. */
  readonly message?: string;
}

/** Name of a kind as kubectl and RBAC have it. */
export function kindText({ plural, group }: KubeKind): string {
  return group === "" ? plural : `${plural}.${group}`;
}

export function kindState(kind: KubeKind, status: FollowStatus): KindState {
  return { kind: kindText(kind), state: status.state, ...("message" in status ? { message: status.message } : {}) };
}

/** What is wrong with the following of kinds, a problem for each reason. What a server says of a kind names it; what a connection says is the same for all. */
export function kindProblems(states: readonly KindState[], told: (kind: string) => boolean): readonly Problem[] {
  const byReason = new Map<string, string[]>();
  for (const { kind, message } of states) {
    if (message === undefined) continue;
    const stays = told(kind) ? "; what there was stays" : "; nothing is known of them";
    const reason = `${message}${stays}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), kind]);
  }
  return [...byReason].map(([reason, kinds]) => ({ origin: storeOrigin, violations: [{ path: "", message: `${kinds.sort().join(", ")}: ${reason}` }] }));
}
