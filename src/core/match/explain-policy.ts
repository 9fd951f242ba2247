import type { Notice, NoticeCode } from "../base/notice.ts";
import { fieldPath } from "../base/field-path.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { parseServiceName } from "../model/service-name.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import type { PolicyKind } from "../policy/kind.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { dataplanesTagged } from "./candidates.ts";
import type { Destination } from "./destinations.ts";
import { explainInbounds } from "./explain-inbounds.ts";
import { explainSecurity } from "./explain-security.ts";
import { mergeConfs } from "./merge-confs.ts";
import { overruledPanic } from "./overruled-panic.ts";
import { inboundProtocol, trafficTo } from "./protocol.ts";
import { isProvided, targetsMeant } from "./resolve-target.ts";
import type { Target } from "./resolve-target.ts";
import { meantNamespace, selectedProxies } from "./select-policies.ts";
import { surveyCalls } from "./survey-calls.ts";
import type { Call } from "./survey-calls.ts";

type Tell = (code: NoticeCode, path: string, message: string) => void;

/** Notices about a policy that need a look at the World: whom it selects, what its items mean, what comes of them. */
export function explainPolicy(mesh: MeshWorld, policy: Policy, kind: PolicyKind, settings: PlanSettings): readonly Notice[] {
  const { kind: kindName, mesh: meshName, name } = policy;
  const notices: Notice[] = [];
  const tell: Tell = (code, path, message) => notices.push({ code, about: { kind: kindName, mesh: meshName, name }, path, message });
  const selectsSome = selectedProxies(mesh, policy).next().done !== true;
  if (!selectsSome) tell("selects-nothing", "spec.targetRef", `no Dataplane is selected: ${whyNone(policy.spec.targetRef)}`);
  for (const [i, { targetRef }] of (policy.spec.to ?? []).entries()) {
    const path = `spec.${fieldPath("to", i)}`;
    const targets = targetsMeant(mesh, policy, targetRef);
    if (targetRef.kind !== "Mesh") tellTargets(policy, targetRef, targets, `${path}.targetRef`, tell);
    if (!selectsSome || (targetRef.kind !== "Mesh" && targets.length === 0)) continue;
    const calls = surveyCalls(mesh, policy, i, kind.kind);
    if (calls.length === 0) tell("nobody-calls", `${path}.targetRef`, `no selected Dataplane has an outbound to ${refText(targetRef)}`);
    tellSurprises(mesh, calls, kind, settings, (code, message) => tell(code, `${path}.default`, message));
    for (const [by, destinations] of overruledPanic(mesh, policy, i)) {
      tell("inert-setting", `${path}.default.healthyPanicThreshold`, `${listed([...destinations].sort())}: MeshCircuitBreaker ${by} sets it too, and counts more`);
    }
  }
  if (kind.kind === "MeshHealthCheck") explainSecurity(mesh, policy, tell);
  if (selectsSome) explainInbounds(mesh, policy, kind, settings, tell);
  return notices;
}

function whyNone(ref: TargetRef | undefined): string {
  switch (ref?.kind ?? "Mesh") {
    case "Mesh":
      return "there is none of this kind in the mesh";
    case "MeshService":
      if (ref?.name === undefined) return "a MeshService at the top level selects by name, not by labels; use kind Dataplane with labels";
      return `none has an inbound with the tag ${labelNames.service}: ${ref.name}`;
    default:
      return "none has such a name, such labels, or such tags on one inbound";
  }
}

function tellTargets(policy: Policy, ref: TargetRef, targets: readonly Target[], path: string, tell: Tell): void {
  if (targets.length === 0) {
    const why = ref.kind === "MeshExternalService" ? "there is none" : "no inbound has this service tag and no MeshService is meant";
    tell("unresolved-target", path, `nobody provides ${refText(ref)}: ${why}`);
  }
  if (ref.name === undefined || meantNamespace(policy, ref) !== undefined) return;
  const namespaces = new Set(targets.map(namespaceOfTarget).filter((namespace) => namespace !== ""));
  if (namespaces.size < 2) return;
  const where = [...namespaces].sort().join(", ");
  tell("several-namespaces", path, `means ${ref.name} in each of the namespaces ${where}; say namespace to mean one`);
}

function namespaceOfTarget(target: Target): string {
  if (target.kind !== "tagged") return namespaceOf(target.service);
  return parseServiceName(target.service)?.namespace ?? "";
}

function refText({ kind, name, namespace, labels, sectionName }: TargetRef): string {
  if (kind === "Mesh") return "anything";
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`).join(",");
  const inNamespace = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const base = name === undefined ? `${kind} with ${pairs}` : `${kind} ${name}${inNamespace}`;
  return sectionName === undefined ? base : `section ${sectionName} of ${base}`;
}

/** The same thing about several destinations is said once. */
function tellSurprises(
  mesh: MeshWorld,
  calls: readonly Call[],
  kind: PolicyKind,
  settings: PlanSettings,
  tell: (code: NoticeCode, message: string) => void,
): void {
  const names = new Map<string, { code: NoticeCode; message: string; destinations: Set<string> }>();
  for (const { destination, items, itemsOfKind } of calls) {
    const { protocol, displayName, endpoints } = destination.facts;
    const confOf = (other: string) => mergeConfs(itemsOfKind(other)).conf;
    const context = { ...trafficTo(destination.facts), ...settings, endpoints: endpoints.endpoints.length, confOf };
    if (!isProvided(mesh, destination.target)) continue;
    const missing = protocol === "unknown" ? withoutProtocol(mesh, destination, kind) : undefined;
    const found = missing === undefined ? (kind.outbound?.confNotices(mergeConfs(items).conf, context) ?? []) : [missing];
    for (const { code, message } of found) {
      const entry = names.get(message) ?? { code, message, destinations: new Set() };
      names.set(message, entry);
      entry.destinations.add(displayName);
    }
  }
  for (const { code, message, destinations } of names.values()) tell(code, `${listed([...destinations].sort())}: ${message}`);
}

function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** One endpoint that does not say what it speaks takes away from the whole service what needs to know. */
function withoutProtocol(mesh: MeshWorld, { target }: Destination, { kind }: PolicyKind): { code: NoticeCode; message: string } | undefined {
  if (target.kind !== "tagged") return undefined;
  const tags = { [labelNames.service]: target.service };
  const silent = new Set<string>();
  let speaking = 0;
  for (const dataplane of dataplanesTagged(mesh, tags).items) {
    for (const inbound of dataplane.spec.networking.inbound ?? []) {
      if (inbound.tags?.[labelNames.service] !== target.service) continue;
      if (inboundProtocol(inbound) === "unknown") silent.add(displayNameOf(dataplane));
      else speaking += 1;
    }
  }
  if (silent.size === 0 || speaking === 0) return undefined;
  const who = listed([...silent].sort());
  const why = `an inbound of Dataplane ${who} has no ${labelNames.protocol}, so that the whole service has none`;
  const message = `${kind === "MeshHealthCheck" ? "no check" : "taken for TCP"}, because ${why}; tag it`;
  return { code: "endpoint-without-protocol", message };
}
