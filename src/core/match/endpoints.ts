import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { EndpointPlan, Protocol } from "../model/plan.ts";
import type { Labels } from "../model/resource.ts";
import { isDirect } from "./direct-inbounds.ts";
import { labelsWithName } from "./select-policies.ts";
import { inboundProtocol, sharedProtocol } from "./protocol.ts";

/** An inbound that belongs to a destination, ready or not. */
export interface Provider extends EndpointPlan {
  readonly protocol: Protocol;
  readonly ready: boolean;
  /** No proxy stands before the app: it is called as it is. */
  readonly direct?: true;
}

/** What is to be said of endpoints beside where they are. */
export interface EndpointMarks {
  /** Whether an inbound takes mutual TLS; undefined: it is not asked. */
  readonly takesTls: ((dataplane: Dataplane, inbound: Inbound) => boolean) | undefined;
  /** Tags that are asked for. */
  readonly tagNames: readonly string[];
}

const noMarks: EndpointMarks = { takesTls: undefined, tagNames: [] };

/** The inbounds of a Dataplane that have all of the wanted tags; those in state Ignored are not there. */
export function taggedProviders(dataplane: Dataplane, wanted: Labels, marks = noMarks): readonly Provider[] {
  const inbounds = dataplane.spec.networking.inbound ?? [];
  const fitting = inbounds.filter((inbound) => inbound.state !== "Ignored" && matchesLabels(wanted, inbound.tags));
  return fitting.map((inbound) => provider(dataplane, inbound, marks));
}

/** The inbounds of a Dataplane that stand behind a port of a MeshService. All parts of the selector must fit; without one nothing does. */
export function serviceProviders(dataplane: Dataplane, service: MeshService, port: MeshServicePort, marks = noMarks): readonly Provider[] {
  const { dataplaneRef, dataplaneLabels, dataplaneTags } = service.spec.selector ?? {};
  const labels = dataplaneLabels?.matchLabels;
  if (dataplaneRef?.name === undefined && isEmpty(labels) && isEmpty(dataplaneTags)) return [];
  if (dataplaneRef?.name !== undefined && dataplaneRef.name !== dataplane.name && dataplaneRef.name !== displayNameOf(dataplane)) return [];
  if (!matchesLabels(labels, labelsWithName(dataplane))) return [];
  return taggedProvidersAt(dataplane, dataplaneTags ?? {}, port.targetPort ?? port.port, marks);
}

function taggedProvidersAt(dataplane: Dataplane, wanted: Labels, targetPort: number | string, marks: EndpointMarks): readonly Provider[] {
  const inbounds = (dataplane.spec.networking.inbound ?? []).filter(({ port, name }) => port === targetPort || name === targetPort);
  const fitting = inbounds.filter((inbound) => inbound.state !== "Ignored" && matchesLabels(wanted, inbound.tags));
  return fitting.map((inbound) => provider(dataplane, inbound, marks));
}

function isEmpty(wanted: Labels | undefined): boolean {
  return wanted === undefined || Object.keys(wanted).length === 0;
}

function provider(dataplane: Dataplane, inbound: Inbound, { takesTls, tagNames }: EndpointMarks): Provider {
  const address = inbound.address ?? dataplane.spec.networking.address;
  // What a proxy would translate, HTTP/2 between proxies and mutual TLS, an app need not understand: it gets what the caller's app says.
  if (isDirect(dataplane, inbound)) return { address, port: inbound.port, protocol: "tcp", ready: isReady(inbound), direct: true, ...tagsAmong(inbound, tagNames) };
  const marked = takesTls?.(dataplane, inbound) === true ? { mutualTls: true as const } : {};
  return { address, port: inbound.port, protocol: inboundProtocol(inbound), ready: isReady(inbound), ...marked, ...tagsAmong(inbound, tagNames) };
}

function tagsAmong({ tags }: Inbound, names: readonly string[]): { readonly tags?: Labels } {
  if (names.length === 0) return {};
  const found = names.flatMap((name): [string, string][] => {
    const value = labelOf(tags, name);
    return value === undefined ? [] : [[name, value]];
  });
  return found.length === 0 ? {} : { tags: Object.fromEntries(found) };
}

/** Only what is Ready takes traffic; a `health` that does not say `ready: true` is not ready (Kuma 2.14). */
function isReady({ state, health }: Inbound): boolean {
  return (state ?? "Ready") === "Ready" && (health === undefined || health.ready === true);
}

/** The ready ones, sorted by address and port, each once. */
export function readyEndpoints(providers: readonly Provider[]): readonly EndpointPlan[] {
  const byText = new Map<string, EndpointPlan>();
  for (const { address, port, ready, mutualTls, tags } of providers) {
    if (ready) byText.set(`${address} ${port}`, { address, port, ...(mutualTls === undefined ? {} : { mutualTls }), ...(tags === undefined ? {} : { tags }) });
  }
  return [...byText.values()].sort((a, b) => (a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1));
}

/** What can be said to all ready providers. With none ready, to all: so that a listener does not change when the last one goes. */
export function providersProtocol(providers: readonly Provider[]): Protocol {
  const ready = providers.filter((one) => one.ready);
  return sharedProtocol((ready.length > 0 ? ready : providers).map((one) => one.protocol));
}

/** What can be said to all where a service says what it speaks: an app without a proxy gets the bytes as they are. */
export function spokenProtocol(said: Protocol, providers: readonly Provider[]): Protocol {
  return providers.some(({ direct, ready }) => direct === true && ready) ? sharedProtocol([said, "tcp"]) : said;
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
