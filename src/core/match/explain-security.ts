import type { NoticeCode } from "../base/notice.ts";
import { fieldPath } from "../base/field-path.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { Mesh } from "../model/mesh.ts";
import type { PermissionsPlan } from "../model/mesh-tls-plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { planMeshTrafficPermission } from "../policy/mesh-traffic-permission/plan.ts";
import { defaultPlanSettings } from "../policy/plan-settings.ts";
import { dataplanesTagged } from "./candidates.ts";
import type { Destination } from "./destinations.ts";
import { serviceProviders } from "./endpoints.ts";
import { planIdentity } from "./identity.ts";
import { compareEntries, entriesOf, isForInbound } from "./inbound-entries.ts";
import { mayCall } from "./may-call.ts";
import { meshTlsRules } from "./mesh-tls-rules.ts";
import { providersOf } from "./resolve-outbound.ts";
import { isShadow, selects } from "./select-policies.ts";
import { surveyCallers } from "./survey-calls.ts";

type Tell = (code: NoticeCode, path: string, message: string) => void;

interface Peer {
  readonly dataplane: Dataplane;
  readonly inbound: Inbound;
}

/** Endpoints of one destination that are looked at. */
const peersLookedAt = 10;

/** Checks that mutual TLS lets fail, however well the app is: of callers that have no identity, or may not call. */
export function explainSecurity(mesh: MeshWorld, policy: Policy, tell: Tell): void {
  if (mesh.mesh === undefined || enabledMtls(mesh.mesh) === undefined) return;
  for (const to of (policy.spec.to ?? []).keys()) {
    const said = new Set<string>();
    for (const { caller, destination } of surveyCallers(mesh, policy, to)) {
      const found = problemOf(mesh, mesh.mesh, caller, destination);
      if (found === undefined || said.has(found.message)) continue;
      said.add(found.message);
      tell(found.code, `spec.${fieldPath("to", to)}.targetRef`, found.message);
    }
  }
}

function problemOf(mesh: MeshWorld, own: Mesh, caller: Dataplane, { target, facts }: Destination): { readonly code: NoticeCode; readonly message: string } | undefined {
  if (target.kind === "external") return undefined;
  const identity = planIdentity(own, caller);
  const peers = peersOf(mesh, target).slice(0, peersLookedAt);
  const { displayName } = facts;
  const who = displayNameOf(caller);
  if (identity === undefined) {
    const strict = peers.some(({ dataplane, inbound }) => isStrict(mesh, own, dataplane, inbound));
    const why = `it has neither a tag ${labelNames.service} nor a label ${labelNames.workload} to be named by`;
    return strict ? { code: "plain-text-refused", message: `${displayName}: the check of Dataplane ${who} fails, because it comes in plain text and mutual TLS is asked for; ${why}` } : undefined;
  }
  const refusing = peers.find(({ dataplane, inbound }) => {
    const permissions = permissionsOf(mesh, own, dataplane, inbound);
    return permissions !== undefined && !mayCall(permissions, identity.names, facts.tls?.serverName);
  });
  if (refusing === undefined) return undefined;
  const message = `${displayName}: the check of Dataplane ${who} fails, because it may not call Dataplane ${displayNameOf(refusing.dataplane)} (MeshTrafficPermission), however healthy that is`;
  return { code: "may-not-call", message };
}

/** Whether an inbound takes nothing but mutual TLS, by MeshTLS or by its Mesh. */
export function isStrict(mesh: MeshWorld, own: Mesh, dataplane: Dataplane, inbound: Inbound): boolean {
  const mode = meshTlsRules(mesh).modeOf(dataplane, inbound);
  return mode === undefined ? enabledMtls(own)?.permissive !== true : mode === "Strict";
}

function peersOf(mesh: MeshWorld, target: Exclude<Destination["target"], { kind: "external" }>): readonly Peer[] {
  if (target.kind === "tagged") {
    const found = [...dataplanesTagged(mesh, { [labelNames.service]: target.service }).items];
    return found.flatMap((dataplane) => inboundsOf(dataplane).filter(({ tags }) => tags?.[labelNames.service] === target.service).map((inbound) => ({ dataplane, inbound })));
  }
  return [...providersOf(mesh, target.service).items].flatMap((dataplane) => {
    const at = serviceProviders(dataplane, target.service, target.port);
    return inboundsOf(dataplane).filter(({ port }) => at.some((provider) => provider.port === port)).map((inbound) => ({ dataplane, inbound }));
  });
}

function inboundsOf({ spec }: Dataplane): readonly Inbound[] {
  return spec.networking.inbound ?? [];
}

/** As `planInbounds` has them: what the policies say of this inbound. */
function permissionsOf({ policies }: MeshWorld, mesh: Mesh, dataplane: Dataplane, inbound: Inbound): PermissionsPlan | undefined {
  const attached = [...(policies.get("MeshTrafficPermission")?.values() ?? [])].filter((policy) => !isShadow(policy) && selects(policy, dataplane) && isForInbound(policy, inbound));
  if (attached.length === 0) return undefined;
  const entries = attached.flatMap(entriesOf).sort(compareEntries);
  return planMeshTrafficPermission({ conf: {}, hasConf: false, matched: [], entries }, { mesh, protocol: "http", ...defaultPlanSettings }).permissions;
}
