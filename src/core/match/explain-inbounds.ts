import type { NoticeCode } from "../base/notice.ts";
import { fieldPath } from "../base/field-path.ts";
import { displayNameOf } from "../model/kri.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import type { PolicyKind } from "../policy/kind.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { entriesOf, isForInbound, servedInbounds } from "./inbound-entries.ts";
import { mergeRules } from "./merge-rules.ts";
import { inboundTraffic } from "./protocol.ts";
import { selectedProxies } from "./select-policies.ts";
import { surveyInbounds } from "./survey-inbounds.ts";

type Tell = (code: NoticeCode, path: string, message: string) => void;

/** Notices about what a policy says of what comes in: whether any selected Dataplane has such an inbound, and what comes of it there. */
export function explainInbounds(mesh: MeshWorld, policy: Policy, { inbound }: PolicyKind, settings: PlanSettings, tell: Tell): void {
  const [first, another] = entriesOf(policy);
  if (mesh.mesh === undefined || inbound === undefined || first === undefined) return;
  if (!hasSomeInbound(mesh, policy)) {
    const { sectionName } = policy.spec.targetRef ?? {};
    if (sectionName === undefined) tell("selects-nothing", `spec.${first.list}`, "no selected Dataplane has an inbound, so that this does nothing");
    else tell("selects-nothing", "spec.targetRef.sectionName", `no selected Dataplane has an inbound with the name or the port ${sectionName}`);
    return;
  }
  const told = new Map<string, { readonly code: NoticeCode; readonly message: string; readonly places: Set<string> }>();
  for (const { dataplane, plan, entries } of surveyInbounds(mesh, policy)) {
    const context = { mesh: mesh.mesh, ...inboundTraffic(plan), ...settings };
    for (const { code, message } of inbound.inboundNotices?.(mergeRules(entries, inbound).rules, context) ?? []) {
      const entry = told.get(message) ?? { code, message, places: new Set() };
      told.set(message, entry);
      entry.places.add(`${displayNameOf(dataplane)}:${plan.listenPort}`);
    }
  }
  const path = another === undefined ? `spec.${fieldPath(first.list, 0)}` : `spec.${first.list}`;
  for (const { code, message, places } of told.values()) tell(code, path, `${listed([...places].sort())}: ${message}`);
}

function hasSomeInbound(mesh: MeshWorld, policy: Policy): boolean {
  for (const dataplane of selectedProxies(mesh, policy)) {
    if (servedInbounds(dataplane).some((inbound) => isForInbound(policy, inbound))) return true;
  }
  return false;
}

function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
