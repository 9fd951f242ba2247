import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { EndpointPlan, Protocol } from "../model/plan.ts";
import type { Labels } from "../model/resource.ts";
import { labelsWithName } from "./select-policies.ts";
import { inboundProtocol, sharedProtocol } from "./protocol.ts";

/** An inbound that belongs to a destination, ready or not. */
export interface Provider extends EndpointPlan {
  readonly protocol: Protocol;
  readonly ready: boolean;
}

/** Whether an inbound takes mutual TLS; undefined: it is not asked. */
export type TakesTls = ((dataplane: Dataplane, inbound: Inbound) => boolean) | undefined;

/** The inbounds of a Dataplane that have all of the wanted tags; those in state Ignored are not there. */
export function taggedProviders(dataplane: Dataplane, wanted: Labels, takesTls?: TakesTls): readonly Provider[] {
  const inbounds = dataplane.spec.networking.inbound ?? [];
  const fitting = inbounds.filter((inbound) => inbound.state !== "Ignored" && matchesLabels(wanted, inbound.tags));
  return fitting.map((inbound) => provider(dataplane, inbound, takesTls));
}

/** The inbounds of a Dataplane that stand behind a port of a MeshService. All parts of the selector must fit; without one nothing does. */
export function serviceProviders(dataplane: Dataplane, service: MeshService, port: MeshServicePort, takesTls?: TakesTls): readonly Provider[] {
  const { dataplaneRef, dataplaneLabels, dataplaneTags } = service.spec.selector ?? {};
  const labels = dataplaneLabels?.matchLabels;
  if (dataplaneRef?.name === undefined && isEmpty(labels) && isEmpty(dataplaneTags)) return [];
  if (dataplaneRef?.name !== undefined && dataplaneRef.name !== dataplane.name && dataplaneRef.name !== displayNameOf(dataplane)) return [];
  if (!matchesLabels(labels, labelsWithName(dataplane))) return [];
  return taggedProvidersAt(dataplane, dataplaneTags ?? {}, port.targetPort ?? port.port, takesTls);
}

function taggedProvidersAt(dataplane: Dataplane, wanted: Labels, targetPort: number | string, takesTls: TakesTls): readonly Provider[] {
  const inbounds = (dataplane.spec.networking.inbound ?? []).filter(({ port, name }) => port === targetPort || name === targetPort);
  const fitting = inbounds.filter((inbound) => inbound.state !== "Ignored" && matchesLabels(wanted, inbound.tags));
  return fitting.map((inbound) => provider(dataplane, inbound, takesTls));
}

function isEmpty(wanted: Labels | undefined): boolean {
  return wanted === undefined || Object.keys(wanted).length === 0;
}

function provider(dataplane: Dataplane, inbound: Inbound, takesTls: TakesTls): Provider {
  const address = inbound.address ?? dataplane.spec.networking.address;
  const marked = takesTls?.(dataplane, inbound) === true ? { mutualTls: true as const } : {};
  return { address, port: inbound.port, protocol: inboundProtocol(inbound), ready: isReady(inbound), ...marked };
}

/** Only what is Ready takes traffic; a `health` that does not say `ready: true` is not ready (Kuma 2.14). */
function isReady({ state, health }: Inbound): boolean {
  return (state ?? "Ready") === "Ready" && (health === undefined || health.ready === true);
}

/** The ready ones, sorted by address and port, each once. */
export function readyEndpoints(providers: readonly Provider[]): readonly EndpointPlan[] {
  const byText = new Map<string, EndpointPlan>();
  for (const { address, port, ready, mutualTls } of providers) {
    if (ready) byText.set(`${address} ${port}`, { address, port, ...(mutualTls === undefined ? {} : { mutualTls }) });
  }
  return [...byText.values()].sort((a, b) => (a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1));
}

/** What can be said to all ready providers. With none ready, to all: so that a listener does not change when the last one goes. */
export function providersProtocol(providers: readonly Provider[]): Protocol {
  const ready = providers.filter((one) => one.ready);
  return sharedProtocol((ready.length > 0 ? ready : providers).map((one) => one.protocol));
}

/** The tags of an outbound's destination without the service itself; undefined when only the service is named. */
export function extraTags(tags: Labels): Labels | undefined {
  const { [labelNames.service]: service, ...extra } = tags;
  return service === undefined || isEmpty(extra) ? undefined : extra;
}

/** The value of `kuma.io/service` among an outbound's tags. */
export function calledService(tags: Labels | undefined): string | undefined {
  return labelOf(tags, labelNames.service);
}
