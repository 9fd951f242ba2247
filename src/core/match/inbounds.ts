import type { Dataplane, Inbound } from "../model/dataplane.ts";
import type { InboundPlan } from "../model/plan.ts";
import { inboundProtocol, trafficTo } from "./protocol.ts";

/**
 * Where a proxy listens for others, and which app stands behind it. An inbound in state Ignored is not served. Of several at one address
 * and port (a pod that two Services select) one listens: the first that takes HTTP, because its callers speak HTTP/2 and only such a
 * listener understands them, while what the others' callers say to that app is HTTP as well; else the first.
 */
export function planInbounds(dataplane: Dataplane): readonly InboundPlan[] {
  const plans = new Map<string, InboundPlan>();
  for (const inbound of dataplane.spec.networking.inbound ?? []) {
    if (inbound.state === "Ignored") continue;
    const plan = planInbound(dataplane, inbound);
    const place = `${plan.listenAddress} ${plan.listenPort}`;
    const first = plans.get(place);
    if (first === undefined || (trafficTo(first).httpVersion === undefined && trafficTo(plan).httpVersion !== undefined)) plans.set(place, plan);
  }
  return [...plans.values()];
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
