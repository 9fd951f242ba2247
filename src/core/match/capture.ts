import { deepFreeze } from "../base/deep-freeze.ts";
import { asObject, ownField } from "../base/json.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { Mesh } from "../model/mesh.ts";
import type { CapturePlan, IpFamily } from "../model/plan.ts";
import { createInternTable } from "./intern-table.ts";

const interned = createInternTable<CapturePlan>();

/** Where redirected connections of a proxy arrive; undefined where none are redirected. Equal plans are one object. */
export function planCapture({ spec }: Dataplane, passthrough: boolean): CapturePlan | undefined {
  const { redirectPortInbound, redirectPortOutbound, ipFamilyMode } = spec.networking.transparentProxying ?? {};
  if (redirectPortInbound === undefined && redirectPortOutbound === undefined) return undefined;
  const plan: CapturePlan = {
    ...(redirectPortInbound === undefined ? {} : { inboundPort: redirectPortInbound }),
    ...(redirectPortOutbound === undefined ? {} : { outboundPort: redirectPortOutbound }),
    families: familiesOf(ipFamilyMode),
    passthrough,
  };
  return interned.intern(JSON.stringify(plan), () => deepFreeze(plan));
}

function familiesOf(mode: string | undefined): readonly IpFamily[] {
  return mode === "IPv4" || mode === "IPv6" ? [mode] : ["IPv4", "IPv6"];
}

/** Whether apps may call what the mesh does not know (Kuma, Mesh `networking.outbound.passthrough`; default true). */
export function allowsPassthrough({ spec }: Mesh): boolean {
  return ownField(asObject(ownField(asObject(spec["networking"]), "outbound")), "passthrough") !== false;
}
