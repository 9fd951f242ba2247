import type { Dataplane } from "../model/dataplane.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import type { MeshService } from "../model/mesh-service.ts";
import { parseServiceName } from "../model/service-name.ts";
import { isIp } from "../model/valid-address.ts";
import type { MeshWorld } from "../model/world.ts";
import { serviceProviders } from "./endpoints.ts";
import { createInternTable } from "./intern-table.ts";
import { refText } from "./outbound-refs.ts";
import type { OutboundListen, OutboundRef } from "./outbound-refs.ts";
import type { Reachable } from "./reachable.ts";
import { providersOf } from "./resolve-outbound.ts";

/** Where apps whose connections are redirected may call a MeshService, and what was read to know that. */
interface Offered {
  readonly readFrom: readonly unknown[];
  readonly listens: readonly OutboundListen[];
}

const offered = new WeakMap<MeshService, Offered>();
const interned = createInternTable<OutboundListen>();

/**
 * The places at which an app whose connections are redirected calls MeshServices, in the order of the services' names: each VIP with
 * each port; of a service without VIPs each address of its Dataplanes, because that is what its name resolves to.
 */
export function* offersTo(mesh: MeshWorld, reachable: Reachable): Generator<OutboundListen> {
  for (const service of [...mesh.services.values()].sort(byName)) {
    if (reachable.names === "all") yield* offersOf(mesh, service);
    else yield* reachableAmong(offersOf(mesh, service), service, reachable);
  }
}

function* reachableAmong(listens: readonly OutboundListen[], service: MeshService, { names, namespace }: Reachable): Generator<OutboundListen> {
  for (const listen of listens) {
    const { ref } = listen;
    const port = ref.kind === "offered" ? ref.port : undefined;
    if (names === "all" || names.some((name) => isReachableAs(name, namespace, service, port))) yield listen;
  }
}

/** The derived name, with or without port; the full name; the Service's own name, in the caller's namespace. */
export function isReachableAs(name: string, namespace: string, service: MeshService, port: number | undefined): boolean {
  if (name === service.name) return true;
  const derived = parseServiceName(name);
  if (derived === undefined) return name === displayNameOf(service) && namespace === namespaceOf(service);
  const here = derived.service === displayNameOf(service) && derived.namespace === namespaceOf(service);
  return here && (derived.port === undefined || derived.port === port);
}

function offersOf(mesh: MeshWorld, service: MeshService): readonly OutboundListen[] {
  const known = offered.get(service);
  if ((service.spec.vips ?? []).length > 0) return (known ?? remember(service, { readFrom: [], listens: atVips(service) })).listens;
  const { readFrom, items } = providersOf(mesh, service);
  if (known?.readFrom.every((part, i) => part === readFrom[i]) === true) return known.listens;
  return remember(service, { readFrom, listens: atDataplanes(service, items) }).listens;
}

function remember(service: MeshService, made: Offered): Offered {
  offered.set(service, made);
  return made;
}

function atVips({ name, spec }: MeshService): readonly OutboundListen[] {
  return (spec.vips ?? []).flatMap(({ ip }) => (spec.ports ?? []).map(({ port }) => listenAt(ip, port, { kind: "offered", service: name, port })));
}

function atDataplanes(service: MeshService, dataplanes: Iterable<Dataplane>): readonly OutboundListen[] {
  const listens = [...dataplanes].sort(byName).flatMap((dataplane) =>
    (service.spec.ports ?? []).flatMap((port) =>
      serviceProviders(dataplane, service, port)
        .filter(({ address }) => isIp(address))
        .map(({ address, port: at }) => listenAt(address, at, { kind: "offered", service: service.name, port: port.port, at: { dataplane: dataplane.name, address } })),
    ),
  );
  return listens;
}

function listenAt(address: string, port: number, ref: OutboundRef): OutboundListen {
  return interned.intern(`${address} ${port} ${refText(ref)}`, () => ({ address, port, ref, position: -1, captured: true }));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
