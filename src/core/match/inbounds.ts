import type { Dataplane, Inbound } from "../model/dataplane.ts";
import type { InboundPlan } from "../model/plan.ts";
import { inboundProtocol } from "./protocol.ts";

/** Where a proxy listens for others, and which app stands behind it. An inbound in state Ignored is not served. */
export function planInbounds(dataplane: Dataplane): readonly InboundPlan[] {
  const taken = new Set<string>();
  const plans: InboundPlan[] = [];
  for (const inbound of dataplane.spec.networking.inbound ?? []) {
    const plan = planInbound(dataplane, inbound);
    const place = `${plan.listenAddress} ${plan.listenPort}`;
    if (inbound.state === "Ignored" || taken.has(place)) continue;
    taken.add(place);
    plans.push(plan);
  }
  return plans;
}

function planInbound(dataplane: Dataplane, inbound: Inbound): InboundPlan {
  const listenAddress = inbound.address ?? dataplane.spec.networking.address;
  const listenPort = inbound.port;
  const appPort = inbound.servicePort ?? listenPort;
  const address = inbound.serviceAddress ?? listenAddress;
  // The app cannot listen where the proxy does; taken at its word this would send the proxy's traffic to itself.
  const captured = dataplane.spec.networking.transparentProxying?.redirectPortInbound !== undefined;
  const appAddress = address === listenAddress && appPort === listenPort && !captured ? "127.0.0.1" : address;
  return { listenAddress, listenPort, appAddress, appPort, protocol: inboundProtocol(inbound), ...(captured && { captured }) };
}
