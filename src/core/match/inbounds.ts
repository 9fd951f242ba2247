import type { Dataplane, Inbound } from "../model/dataplane.ts";
import type { InboundPlan } from "../model/plan.ts";
import { servedInbounds } from "./inbound-entries.ts";
import { inboundProtocol, trafficTo } from "./protocol.ts";

/** Where a proxy listens for others: as much of the plan as the Dataplane itself says, and the inbounds that it is. */
export interface InboundPlace {
  readonly plan: InboundPlan;
  readonly inbounds: readonly Inbound[];
}

/**
 * Where a proxy listens for others, and which app stands behind it. An inbound in state Ignored is not served. Of several at one address
 * and port (a pod that two Services select) one listens: the first that takes HTTP, because its callers speak HTTP/2 and only such a
 * listener understands them, while what the others' callers say to that app is HTTP as well; else the first. Policies for any of them
 * are policies for that one.
 */
export function inboundPlaces(dataplane: Dataplane): readonly InboundPlace[] {
  const places = new Map<string, { plan: InboundPlan; inbounds: Inbound[] }>();
  for (const inbound of servedInbounds(dataplane)) {
    const plan = planOf(dataplane, inbound);
    const key = `${plan.listenAddress} ${plan.listenPort}`;
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, { plan, inbounds: [inbound] });
      continue;
    }
    place.inbounds.push(inbound);
    if (trafficTo(place.plan).httpVersion === undefined && trafficTo(plan).httpVersion !== undefined) place.plan = plan;
  }
  return [...places.values()];
}

function planOf(dataplane: Dataplane, inbound: Inbound): InboundPlan {
  const listenAddress = inbound.address ?? dataplane.spec.networking.address;
  const listenPort = inbound.port;
  const appPort = inbound.servicePort ?? listenPort;
  const address = inbound.serviceAddress ?? listenAddress;
  // The app cannot listen where the proxy does; taken at its word this would send the proxy's traffic to itself.
  const captured = dataplane.spec.networking.transparentProxying?.redirectPortInbound !== undefined;
  const appAddress = address === listenAddress && appPort === listenPort && !captured ? "127.0.0.1" : address;
  return { listenAddress, listenPort, appAddress, appPort, protocol: inboundProtocol(inbound), ...(captured && { captured }) };
}
