import { deepFreeze } from "../base/deep-freeze.ts";
import { asObject, ownField } from "../base/json.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { Mesh } from "../model/mesh.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { CapturePlan, InboundPlan, IpFamily } from "../model/plan.ts";
import { createInternTable } from "./intern-table.ts";

const interned = createInternTable<CapturePlan>();

/** Where redirected connections of a proxy arrive; undefined where none are redirected. Equal plans are one object. */
export function planCapture({ spec }: Dataplane, passthrough: boolean, refusesUndeclared = false, refusedPorts: readonly number[] = []): CapturePlan | undefined {
  const { redirectPortInbound, redirectPortOutbound, ipFamilyMode } = spec.networking.transparentProxying ?? {};
  if (redirectPortInbound === undefined && redirectPortOutbound === undefined) return undefined;
  const plan: CapturePlan = {
    ...(redirectPortInbound === undefined ? {} : { inboundPort: redirectPortInbound }),
    ...(redirectPortOutbound === undefined ? {} : { outboundPort: redirectPortOutbound }),
    families: familiesOf(ipFamilyMode),
    passthrough,
    ...(refusesUndeclared && redirectPortInbound !== undefined ? { refusesUndeclared } : {}),
    ...(refusedPorts.length > 0 && redirectPortInbound !== undefined ? { refusedPorts } : {}),
  };
  return interned.intern(JSON.stringify(plan), () => deepFreeze(plan));
}

function familiesOf(mode: string | undefined): readonly IpFamily[] {
  return mode === "IPv4" || mode === "IPv6" ? [mode] : ["IPv4", "IPv6"];
}

/**
 * Whether a proxy takes mutual TLS and nothing else as a whole: then nobody may come past it by a port that it does not know (Kuma 2.14).
 * Inbounds that differ leave it to the Mesh.
 */
export function isStrict(mesh: Mesh, inbounds: readonly InboundPlan[]): boolean {
  const enabled = enabledMtls(mesh);
  if (enabled === undefined) return false;
  const modes = new Set(inbounds.map(({ tls }) => tls?.mode));
  const [mode, ...others] = modes;
  return mode === undefined || others.length > 0 ? !enabled.permissive : mode === "strict";
}

/** Ports of strict inbounds, lowest first: in a proxy that is not strict as a whole nobody may come past one by an address of the pod that is not the Dataplane's. */
export function strictPorts(inbounds: readonly InboundPlan[]): readonly number[] {
  const strict = inbounds.filter(({ captured, tls }) => captured === true && tls?.mode === "strict");
  return [...new Set(strict.map(({ listenPort }) => listenPort))].sort((one, other) => one - other);
}

/** Whether apps may call what the mesh does not know (Kuma, Mesh `networking.outbound.passthrough`; default true). */
export function allowsPassthrough({ spec }: Mesh): boolean {
  return ownField(asObject(ownField(asObject(spec["networking"]), "outbound")), "passthrough") !== false;
}
