import { planInbounds } from "../match/inbounds.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { kriOf } from "../model/kri.ts";
import type { InboundPlan, Protocol } from "../model/plan.ts";
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
    inbounds: planInbounds(dataplane).map((plan) => inboundPlace(dataplane, plan)),
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

/** Texts by which an inbound can be meant: its identifier with its name or its port as section, or its listener's name. */
export function inboundIdentifiers(dataplane: Dataplane): ReadonlySet<string> {
  return new Set(
    planInbounds(dataplane).flatMap((plan) => {
      const { kri, proxyResourceName } = inboundPlace(dataplane, plan);
      return [kri, proxyResourceName, kriOf(dataplane, String(plan.listenPort))];
    }),
  );
}

function inboundPlace(dataplane: Dataplane, plan: InboundPlan): Place {
  const section = inboundOf(dataplane, plan)?.name ?? String(plan.listenPort);
  return { kri: kriOf(dataplane, section), port: plan.listenPort, protocol: plan.protocol, proxyResourceName: inboundListenerName(plan) };
}

function inboundOf({ spec }: Dataplane, { listenAddress, listenPort }: InboundPlan): Inbound | undefined {
  const { address: own, inbound = [] } = spec.networking;
  return inbound.find(({ address = own, port, state }) => address === listenAddress && port === listenPort && state !== "Ignored");
}
