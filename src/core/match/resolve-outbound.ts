import { contentHashOf } from "../base/hash.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { displayNameOf, kriOf } from "../model/kri.ts";
import { portName } from "../model/mesh-service.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { DestinationTlsPlan } from "../model/mesh-tls-plan.ts";
import type { MeshWorld } from "../model/world.ts";
import { dataplanesLabelled, dataplanesNamed, dataplanesTagged, noDataplanes } from "./candidates.ts";
import type { Candidates } from "./candidates.ts";
import { serviceTls, taggedTls, tellingDirectApart } from "./destination-tls.ts";
import { endpointMarks, readForEndpoints } from "./endpoint-marks.ts";
import { extraTags, providersProtocol, readyEndpoints, serviceProviders, spokenProtocol, taggedProviders } from "./endpoints.ts";
import type { Provider } from "./endpoints.ts";
import { externalDestination } from "./external-destinations.ts";
import type { FoundDestination, Missing, NamedDestination } from "./found-destination.ts";
import { pairsText } from "./outbound-refs.ts";
import type { OfferedRef, OutboundRef } from "./outbound-refs.ts";
import { parseProtocol } from "./protocol.ts";
import { meshExternalServices, meshServices, pickService } from "./service-tables.ts";

/** How a ref is looked up in one World: what is read, and what it comes to. While `readFrom` is the same, so is the result. */
export interface Lookup {
  readonly readFrom: readonly unknown[];
  /** What is meant, at a cost that does not grow with who provides it. */
  identify(): NamedDestination | Missing;
  find(): FoundDestination | Missing;
}

/** Looks up what a ref means. Cheap until `find` is called. */
export function lookUp(mesh: MeshWorld, ref: OutboundRef): Lookup {
  switch (ref.kind) {
    case "tagged":
      return lookUpTagged(mesh, ref);
    case "unsupported":
      return missingLookup(ref.text);
    case "offered":
      return lookUpOffered(mesh, ref);
    default:
      return ref.of === "MeshService" ? lookUpService(mesh, ref) : lookUpExternal(mesh, ref);
  }
}

function lookUpTagged(mesh: MeshWorld, { service, tags }: Extract<OutboundRef, { kind: "tagged" }>): Lookup {
  const candidates = dataplanesTagged(mesh, tags);
  const extra = extraTags(tags);
  // The plain name is the service's own; a part of the service, chosen by more tags, is another cluster.
  const name = extra === undefined ? service : `${service}-${contentHashOf([pairsText(tags)])}`;
  const displayName = extra === undefined ? service : `${service}{${pairsText(extra)}}`;
  const named = { target: { kind: "tagged" as const, service }, displayName };
  return {
    readFrom: [...candidates.readFrom, ...readForEndpoints(mesh)],
    identify: () => named,
    find() {
      const marks = endpointMarks(mesh);
      const found = [...candidates.items].flatMap((dataplane) => taggedProviders(dataplane, tags, marks));
      const { providers, tls } = tellingDirectApart(found, taggedTls(mesh, service, tags));
      return { ...named, name, protocol: providersProtocol(providers), endpoints: readyEndpoints(providers), ...secured(tls) };
    },
  };
}

function missingLookup(missing: string): Lookup {
  return { readFrom: [], identify: () => ({ missing }), find: () => ({ missing }) };
}

type ServiceOutbound = Extract<OutboundRef, { kind: "named" | "labelled" }>;

function lookUpService(mesh: MeshWorld, ref: ServiceOutbound): Lookup {
  const { readFrom, service } = pickService(meshServices(mesh), ref);
  if (service === undefined) return { ...missingLookup(serviceMissing(ref)), readFrom };
  const port = pickPort(service, ref.port);
  if (port === undefined) return { ...missingLookup(portMissing(service, ref.port)), readFrom };
  const dataplanes = providersOf(mesh, service);
  const named = { target: { kind: "service" as const, service, port }, displayName: `${displayNameOf(service)}:${port.port}` };
  return {
    readFrom: [...readFrom, ...dataplanes.readFrom, ...readForEndpoints(mesh)],
    identify: () => named,
    find() {
      const { providers, tls } = providersAt(mesh, service, port, dataplanes.items);
      const protocol = spokenProtocol(parseProtocol(port.appProtocol ?? "tcp"), providers);
      return { ...named, name: kriOf(service, portName(port)), protocol, endpoints: readyEndpoints(providers), ...secured(tls) };
    },
  };
}

/** A port that a service offers to all. Of one Dataplane the caller has chosen that one: whether it is ready is not asked. */
function lookUpOffered(mesh: MeshWorld, ref: OfferedRef): Lookup {
  const service = mesh.services.get(ref.service);
  const port = service?.spec.ports?.find((each) => each.port === ref.port);
  if (service === undefined || port === undefined) return { ...missingLookup(`there is no port ${ref.port} of ${ref.service}`), readFrom: [service] };
  const one = ref.at === undefined ? undefined : mesh.dataplanes.get(ref.at.dataplane);
  const dataplanes = ref.at === undefined ? providersOf(mesh, service) : { readFrom: [one], items: one === undefined ? [] : [one] };
  const where = ref.at === undefined ? "" : `@${ref.at.address}`;
  const named = { target: { kind: "service" as const, service, port }, displayName: `${displayNameOf(service)}:${port.port}${where}` };
  return {
    readFrom: [service, ...dataplanes.readFrom, ...readForEndpoints(mesh)],
    identify: () => named,
    find() {
      const { providers: all, tls } = providersAt(mesh, service, port, dataplanes.items);
      const providers = ref.at === undefined ? all : all.filter(({ address }) => address === ref.at?.address).map((provider) => ({ ...provider, ready: true }));
      if (ref.at !== undefined && providers.length === 0) return { missing: `nobody is behind port ${ref.port} of ${ref.service}` };
      const protocol = spokenProtocol(parseProtocol(port.appProtocol ?? "tcp"), providers);
      return { ...named, name: `${kriOf(service, portName(port))}${where}`, protocol, endpoints: readyEndpoints(providers), ...secured(tls) };
    },
  };
}

interface ProvidersAt {
  readonly providers: readonly Provider[];
  readonly tls?: DestinationTlsPlan;
}

/** Who is behind a port of a service, and how they are talked to: certificates name those who have any inbound for it. */
function providersAt(mesh: MeshWorld, service: MeshService, port: MeshServicePort, dataplanes: Iterable<Dataplane>): ProvidersAt {
  const marks = endpointMarks(mesh);
  const found = [...dataplanes].map((dataplane) => ({ dataplane, at: serviceProviders(dataplane, service, port, marks) }));
  const behind = found.filter(({ at }) => at.length > 0);
  return tellingDirectApart(behind.flatMap(({ at }) => at), serviceTls(mesh, service, port, behind.map(({ dataplane }) => dataplane)));
}

function secured(tls: DestinationTlsPlan | undefined): { readonly tls?: DestinationTlsPlan } {
  return tls === undefined ? {} : { tls };
}

function lookUpExternal(mesh: MeshWorld, ref: ServiceOutbound): Lookup {
  const { readFrom, service } = pickService(meshExternalServices(mesh), ref);
  if (service === undefined) return { ...missingLookup(serviceMissing(ref)), readFrom };
  const { port } = service.spec.match;
  if (ref.port !== undefined && ref.port !== port) {
    return { ...missingLookup(`MeshExternalService ${displayNameOf(service)} has the port ${port}, not ${ref.port}`), readFrom };
  }
  const find = () => externalDestination(service);
  return { readFrom, identify: find, find };
}

/** The Dataplanes among which a MeshService's endpoints are. */
export function providersOf(mesh: MeshWorld, { spec }: MeshService): Candidates<Dataplane> {
  const { dataplaneRef, dataplaneTags, dataplaneLabels } = spec.selector ?? {};
  if (dataplaneRef?.name !== undefined) return dataplanesNamed(mesh, dataplaneRef.name);
  if (Object.keys(dataplaneTags ?? {}).length > 0) return dataplanesTagged(mesh, dataplaneTags ?? {});
  const labels = dataplaneLabels?.matchLabels ?? {};
  return Object.keys(labels).length > 0 ? dataplanesLabelled(mesh, labels) : noDataplanes;
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

function serviceMissing(ref: ServiceOutbound): string {
  return `there is no ${ref.of} ${refName(ref)}`;
}

function refName(ref: ServiceOutbound): string {
  if (ref.kind === "labelled") return `with the labels ${pairsText(ref.labels)}`;
  return ref.namespace === "" ? `"${ref.name}"` : `"${ref.name}" in namespace "${ref.namespace}"`;
}
