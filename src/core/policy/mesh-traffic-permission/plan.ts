import { deepFreeze } from "../../base/deep-freeze.ts";
import { enabledMtls } from "../../model/mesh-mtls.ts";
import type { PermissionPlan, PermissionsPlan } from "../../model/mesh-tls-plan.ts";
import type { RuleMatch } from "../../model/target-ref.ts";
import type { InboundEntry, InboundRules } from "../inbound-rules.ts";
import type { ConfNotice, InboundContext, PlannedInbound } from "../kind.ts";
import { namesOfCallers, namesOfMatch } from "./callers.ts";
import type { Names } from "./callers.ts";
import type { FromConf, RulesConf } from "./conf.ts";

/**
 * Who may call an inbound. What any policy's `rules` deny is denied; beside that those may call whom `rules` or `from` allow, and nobody
 * else. Entries of `from` come one after the other, and the last that means a caller decides.
 */
export function planMeshTrafficPermission({ entries }: InboundRules, { mesh }: InboundContext): PlannedInbound {
  if (enabledMtls(mesh) === undefined || entries.length === 0) return deepFreeze({});
  const rules = entries.filter(({ list }) => list === "rules");
  const from = entries.filter(({ list }) => list === "from");
  const said = (field: keyof RulesConf) => rules.flatMap((entry) => ((entry.item.default ?? {}) as RulesConf)[field]?.map((match) => ofMatch(entry, match)) ?? []);
  const permissions: PermissionsPlan = {
    deny: said("deny"),
    allow: [...said("allow"), ...ofFrom(from, "Allow")],
    shadowDeny: [...said("allowWithShadowDeny"), ...ofFrom(from, "AllowWithShadowDeny")],
    others: "deny",
  };
  return deepFreeze({ permissions });
}

function ofMatch({ policy }: InboundEntry, match: RuleMatch): PermissionPlan {
  return { policy: policy.name, names: namesOfMatch(match), ...(match.sni === undefined ? {} : { serverName: match.sni.value }) };
}

/** Those whom an entry lets in, but for whom a later one refuses. */
function ofFrom(entries: readonly InboundEntry[], action: FromConf["action"]): readonly PermissionPlan[] {
  return entries.flatMap((entry, i) => {
    if (actionOf(entry) !== action) return [];
    const except = entries.slice(i + 1).filter((later) => actionOf(later) !== action).flatMap(namesOf);
    if (except.some((names) => names.length === 0)) return [];
    return namesOf(entry).map((names): PermissionPlan => ({ policy: entry.policy.name, names, ...(except.length === 0 ? {} : { except }) }));
  });
}

function actionOf({ item }: InboundEntry): FromConf["action"] {
  return ((item.default ?? {}) as FromConf).action;
}

function namesOf({ item, policy }: InboundEntry): readonly Names[] {
  return namesOfCallers(item.targetRef ?? { kind: "Mesh" }, policy);
}

export function meshTrafficPermissionNotices({ entries }: InboundRules, { mesh }: InboundContext): readonly ConfNotice[] {
  const enabled = enabledMtls(mesh);
  if (enabled === undefined) return [{ code: "inert-setting", message: "does nothing, because the Mesh has no mutual TLS (`mtls.enabledBackend`): callers are not known" }];
  const plain = "callers in plain text are let in whatever it says, because the Mesh is PERMISSIVE; a MeshTLS with mode Strict, or a Mesh that is STRICT, keeps them out";
  const mixed = new Set(entries.map(({ list }) => list)).size > 1;
  return [
    ...(enabled.permissive ? [{ code: "plain-text-let-in" as const, message: plain }] : []),
    ...(mixed ? [{ code: "unlike-kuma" as const, message: "entries of `rules` and of `from` count together; in Kuma those of `from` are ignored where there are `rules`" }] : []),
  ];
}
