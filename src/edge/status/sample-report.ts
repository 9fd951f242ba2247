import { keyText } from "../../core/model/resource.ts";
import { policyKindNamed } from "../../core/policy/registry.ts";
import { maxRefusals, policyVersion } from "../../core/status/replica-report.ts";
import type { PolicyReport, ReplicaReport } from "../../core/status/replica-report.ts";
import type { ProxyRefusal } from "../../core/status/conditions.ts";
import type { PolicyUseReading, PolicyUseView } from "../pipeline/port.ts";

const unused = { needing: 0, programmed: 0, rejecting: 0 };

/** How every policy of the World stands with the proxies that are connected here. */
export function sampleReport(view: Pick<PolicyUseView, "world" | "rejectionsOf">, { uses }: PolicyUseReading): ReplicaReport {
  const report = new Map<string, PolicyReport>();
  for (const mesh of view.world().meshes.values()) {
    for (const [kind, policies] of mesh.policies) {
      if (policyKindNamed(kind) === undefined) continue;
      for (const policy of policies.values()) {
        const use = uses.get(keyText(policy)) ?? unused;
        const refusals = use.rejecting === 0 ? [] : refusalsOf(view, policy);
        report.set(keyText(policy), { version: policyVersion(policy), ...use, refusals });
      }
    }
  }
  return report;
}

/** Each proxy once, in an order that does not depend on who came first. */
function refusalsOf(view: Pick<PolicyUseView, "rejectionsOf">, policy: Parameters<PolicyUseView["rejectionsOf"]>[0]): readonly ProxyRefusal[] {
  const byProxy = new Map(view.rejectionsOf(policy).map(({ proxy, message }) => [proxy.name, message]));
  return [...byProxy].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxRefusals).map(([proxy, message]) => ({ proxy, message: message.slice(0, maxTextLength) }));
}

/** Envoy's texts can be long, and a report has many. */
const maxTextLength = 500;
