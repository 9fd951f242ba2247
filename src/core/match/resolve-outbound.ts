import { contentHashOf } from "../base/hash.ts";
import { labelOf, matchesLabels } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { displayNameOf, kriOf, namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { portName } from "../model/mesh-service.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { EndpointPlan, Protocol } from "../model/plan.ts";
import type { MeshWorld } from "../model/world.ts";
import { dataplanesLabelled, dataplanesNamed, dataplanesTagged, noDataplanes, withPairs } from "./candidates.ts";
import type { Candidates } from "./candidates.ts";
import { extraTags, providersProtocol, readyEndpoints, serviceProviders, taggedProviders } from "./endpoints.ts";
import { pairsText } from "./outbound-refs.ts";
import type { OutboundRef } from "./outbound-refs.ts";
import { parseProtocol } from "./protocol.ts";
import { labelsWithName } from "./select-policies.ts";
import type { Target } from "./resolve-target.ts";

/** A destination as the World has it, before any policy. */
export interface FoundDestination {
  readonly target: Target;
  /** Cluster name. */
  readonly name: string;
  readonly displayName: string;
  readonly protocol: Protocol;
  readonly endpoints: readonly EndpointPlan[];
}

/** A destination that is not there, and why, as the end of a sentence. */
export interface Missing {
  readonly missing: string;
}

/** How a ref is looked up in one World: what is read, and what it comes to. While `readFrom` is the same, so is the result. */
export interface Lookup {
  readonly readFrom: readonly unknown[];
  find(): FoundDestination | Missing;
}

/** Looks up what a ref means. Cheap until `find` is called. */
export function lookUp(mesh: MeshWorld, ref: OutboundRef): Lookup {
  switch (ref.kind) {
    case "tagged":
      return lookUpTagged(mesh, ref);
    case "unsupported":
      return { readFrom: [], find: () => ({ missing: ref.text }) };
    default:
      return lookUpService(mesh, ref);
  }
}

function lookUpTagged(mesh: MeshWorld, { service, tags }: Extract<OutboundRef, { kind: "tagged" }>): Lookup {
  const candidates = dataplanesTagged(mesh, tags);
  const extra = extraTags(tags);
  // The plain name is the service's own; a part of the service, chosen by more tags, is another cluster.
  const name = extra === undefined ? service : `${service}-${contentHashOf([pairsText(tags)])}`;
  const displayName = extra === undefined ? service : `${service}{${pairsText(extra)}}`;
  return {
    readFrom: candidates.readFrom,
    find() {
      const providers = [...candidates.items].flatMap((dataplane) => taggedProviders(dataplane, tags));
      const target: Target = { kind: "tagged", service };
      return { target, name, displayName, protocol: providersProtocol(providers), endpoints: readyEndpoints(providers) };
    },
  };
}

function lookUpService(mesh: MeshWorld, ref: Extract<OutboundRef, { kind: "named" | "labelled" }>): Lookup {
  const services = ref.kind === "named" ? servicesNamed(mesh, ref.name) : servicesLabelled(mesh, ref.labels);
  const service = ref.kind === "named" ? pickNamed(services.items, ref.name, ref.namespace) : pickLabelled(services.items, ref.labels);
  const dataplanes = service === undefined ? noDataplanes : providersOf(mesh, service);
  return {
    readFrom: [...services.readFrom, ...dataplanes.readFrom],
    find() {
      if (service === undefined) return { missing: `there is no MeshService ${refName(ref)}` };
      const port = pickPort(service, ref.port);
      if (port === undefined) return { missing: portMissing(service, ref.port) };
      return foundService(service, port, dataplanes.items);
    },
  };
}

function foundService(service: MeshService, port: MeshServicePort, dataplanes: Iterable<Dataplane>): FoundDestination {
  const providers = [...dataplanes].flatMap((dataplane) => serviceProviders(dataplane, service, port));
  return {
    target: { kind: "service", service, port },
    name: kriOf(service, portName(port)),
    displayName: `${displayNameOf(service)}:${port.port}`,
    protocol: parseProtocol(port.appProtocol ?? "tcp"),
    endpoints: readyEndpoints(providers),
  };
}

/** The Dataplanes among which a MeshService's endpoints are. */
export function providersOf(mesh: MeshWorld, { spec }: MeshService): Candidates<Dataplane> {
  const { dataplaneRef, dataplaneTags, dataplaneLabels } = spec.selector ?? {};
  if (dataplaneRef?.name !== undefined) return dataplanesNamed(mesh, dataplaneRef.name);
  if (Object.keys(dataplaneTags ?? {}).length > 0) return dataplanesTagged(mesh, dataplaneTags ?? {});
  const labels = dataplaneLabels?.matchLabels ?? {};
  return Object.keys(labels).length > 0 ? dataplanesLabelled(mesh, labels) : noDataplanes;
}

function servicesNamed({ services, index }: MeshWorld, name: string): Candidates<MeshService> {
  const exact = services.get(name);
  const displayed = index.servicesByName.get(name);
  return { readFrom: [exact, displayed], items: [...(exact === undefined ? [] : [exact]), ...(displayed?.values() ?? [])] };
}

function servicesLabelled(mesh: MeshWorld, labels: Readonly<Record<string, string>>): Candidates<MeshService> {
  const name = labelOf(labels, labelNames.displayName);
  if (name !== undefined && name !== "*") return servicesNamed(mesh, name);
  return withPairs(mesh.services, mesh.index.servicesByLabel, labels);
}

/** In the caller's own namespace; else the one whose full name it is. */
function pickNamed(services: Iterable<MeshService>, name: string, namespace: string): MeshService | undefined {
  const all = [...services].sort(byName);
  const near = all.find((service) => displayNameOf(service) === name && namespaceOf(service) === namespace);
  return near ?? all.find((service) => service.name === name);
}

/** The oldest: a service that is added later takes nobody's traffic away (Kuma 2.14). */
function pickLabelled(services: Iterable<MeshService>, labels: Readonly<Record<string, string>>): MeshService | undefined {
  const fitting = [...services].filter((service) => matchesLabels(labels, labelsWithName(service)));
  return fitting.sort((a, b) => compareTexts(a.creationTime ?? "", b.creationTime ?? "") || byName(a, b))[0];
}

function pickPort({ spec }: MeshService, wanted: number | undefined): MeshServicePort | undefined {
  const ports = spec.ports ?? [];
  if (wanted === undefined) return ports.length === 1 ? ports[0] : undefined;
  return ports.find(({ port }) => port === wanted);
}

function portMissing(service: MeshService, wanted: number | undefined): string {
  const ports = (service.spec.ports ?? []).map(({ port }) => port).join(", ");
  const has = `MeshService ${displayNameOf(service)} has ${ports === "" ? "no ports" : `the ports ${ports}`}`;
  return wanted === undefined ? `${has}, and the backendRef does not say which one` : `${has}, not ${wanted}`;
}

function refName(ref: Extract<OutboundRef, { kind: "named" | "labelled" }>): string {
  if (ref.kind === "labelled") return `with the labels ${pairsText(ref.labels)}`;
  return ref.namespace === "" ? `"${ref.name}"` : `"${ref.name}" in namespace "${ref.namespace}"`;
}

function byName(a: MeshService, b: MeshService): number {
  return compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
