import { inboundPlaces } from "../match/inbounds.ts";
import type { InboundPlace } from "../match/inbounds.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { kriOf } from "../model/kri.ts";
import type { Protocol } from "../model/plan.ts";
import type { MeshWorld } from "../model/world.ts";
import { inboundListenerName } from "../translate/names.ts";
import { callsOf, identifiersOf, portOf } from "./calls.ts";
import type { Call } from "./calls.ts";

/** A port on which a proxy takes or passes on traffic. */
export interface Place {
  readonly kri: string;
  /** The inbound's port, or that of the service that is called; where only tags name it, the outbound's own. */
  readonly port: number;
  readonly protocol: Protocol;
  /** What Envoy's listener (inbound) or cluster (outbound) is called. */
  readonly proxyResourceName: string;
}

export interface Layout {
  readonly inbounds: readonly Place[];
  readonly outbounds: readonly Place[];
}

/** The ports of a Dataplane, in its own order. */
export function layoutOf(mesh: MeshWorld, dataplane: Dataplane): Layout {
  return {
    inbounds: inboundPlaces(dataplane).map((place) => placeOf(dataplane, place)),
    outbounds: onceEach(callsOf(mesh, dataplane)).map(({ listen, destination }) => {
      const { facts, target } = destination;
      const port = target.kind === "external" ? target.service.spec.match.port : (portOf(target)?.port ?? listen.port);
      return { kri: identifiersOf(destination)[0] ?? facts.name, port, protocol: facts.protocol, proxyResourceName: facts.name };
    }),
  };
}

/** A service whose traffic is captured is one place, whatever VIPs it has. */
function onceEach(calls: readonly Call[]): readonly Call[] {
  const seen = new Set<string>();
  return calls.filter(({ listen, destination: { facts } }) => {
    const again = listen.captured === true && seen.has(facts.name);
    seen.add(facts.name);
    return !again;
  });
}

/** The inbound that a text means: its identifier with its name or its port as section, or its listener's name. */
export function inboundNamed(dataplane: Dataplane, text: string): InboundPlace | undefined {
  return inboundPlaces(dataplane).find((place) => {
    const { kri, proxyResourceName } = placeOf(dataplane, place);
    return [kri, proxyResourceName, kriOf(dataplane, String(place.plan.listenPort))].includes(text);
  });
}

function placeOf(dataplane: Dataplane, { plan, inbounds }: InboundPlace): Place {
  const section = inbounds[0]?.name ?? String(plan.listenPort);
  return { kri: kriOf(dataplane, section), port: plan.listenPort, protocol: plan.protocol, proxyResourceName: inboundListenerName(plan) };
}
