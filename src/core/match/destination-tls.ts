import { deepFreeze } from "../base/deep-freeze.ts";
import { fnv64a } from "../base/fnv.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { displayNameOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import type { DestinationTlsPlan } from "../model/mesh-tls-plan.ts";
import type { NamePlan } from "../model/plan.ts";
import type { Labels } from "../model/resource.ts";
import type { MeshWorld } from "../model/world.ts";
import type { Provider } from "./endpoints.ts";
import { identityServices, serviceIdentity } from "./identity.ts";
import { createInternTable } from "./intern-table.ts";
import { meshTlsPolicies, meshTlsRules } from "./mesh-tls-rules.ts";

const interned = createInternTable<DestinationTlsPlan>();

/** The parts of the World from which it is read how destinations are talked to, beside who provides them. */
export function readForTls(mesh: MeshWorld): readonly unknown[] {
  const enabled = mesh.mesh === undefined ? undefined : enabledMtls(mesh.mesh);
  if (enabled === undefined) return notEnabled;
  return [enabled, meshTlsPolicies(mesh), enabled.permissive ? mesh.readyForTls : undefined];
}

const notEnabled: readonly unknown[] = [undefined, undefined, undefined];

/** Mutual TLS to a service by its tag; undefined: the mesh has none. Its proxies have the service's name in their certificates. */
export function taggedTls(mesh: MeshWorld, service: string, tags: Labels): DestinationTlsPlan | undefined {
  return planTls(mesh, () => ({
    serverName: taggedServerName(mesh.name, service, tags),
    peers: [{ match: "exact", value: serviceIdentity(mesh.name, service) }],
  }));
}

/** Mutual TLS to a port of a MeshService, which may be anyone that its selector fits. */
export function serviceTls(mesh: MeshWorld, service: MeshService, port: MeshServicePort, providers: Iterable<Dataplane>): DestinationTlsPlan | undefined {
  return planTls(mesh, () => ({ serverName: serviceServerName(mesh.name, service, port), peers: peersOf(mesh.name, service, providers) }));
}

/** Apps without a proxy take no mutual TLS: then those that do are marked, in a mesh that takes nothing else as well. */
export function tellingDirectApart(providers: readonly Provider[], tls: DestinationTlsPlan | undefined): { readonly providers: readonly Provider[]; readonly tls?: DestinationTlsPlan } {
  if (tls === undefined) return { providers };
  if (tls.use !== "always" || !providers.some(({ direct }) => direct)) return { providers, tls };
  const marking: DestinationTlsPlan = { ...tls, use: "marked-endpoints" };
  return {
    providers: providers.map((provider) => (provider.direct === true ? provider : { ...provider, mutualTls: true as const })),
    tls: interned.intern(JSON.stringify(marking), () => deepFreeze(marking)),
  };
}

type WhoAndHow = Pick<DestinationTlsPlan, "serverName" | "peers">;

function planTls(mesh: MeshWorld, describe: () => WhoAndHow): DestinationTlsPlan | undefined {
  const enabled = mesh.mesh === undefined ? undefined : enabledMtls(mesh.mesh);
  if (enabled === undefined) return undefined;
  const { parameters, parametersFrom } = meshTlsRules(mesh);
  const plan: DestinationTlsPlan = {
    mesh: mesh.name, ...describe(), use: enabled.permissive ? "marked-endpoints" : "always", ...parameters, ...(parametersFrom.length === 0 ? {} : { parametersFrom }),
  };
  return interned.intern(JSON.stringify(plan), () => deepFreeze(plan));
}

/**
 * Whether an inbound takes mutual TLS at present, where that has to be known: in a mesh that takes plain text as well. One that a policy has
 * made strict takes nothing else, ready or not. Undefined: it is not asked.
 */
export function takesMutualTls(mesh: MeshWorld): ((dataplane: Dataplane, inbound: Inbound) => boolean) | undefined {
  if (mesh.mesh === undefined || enabledMtls(mesh.mesh)?.permissive !== true) return undefined;
  const { readyForTls } = mesh;
  const { modeOf } = meshTlsRules(mesh);
  return (dataplane, inbound) => {
    if (identityServices(dataplane).length === 0) return false;
    return readyForTls === undefined || readyForTls.has(dataplane.name) || modeOf(dataplane, inbound) === "Strict";
  };
}

/** What the service says of itself, else what its proxies have in their certificates; of nobody yet: anyone of the mesh. */
function peersOf(mesh: string, { spec }: MeshService, providers: Iterable<Dataplane>): readonly NamePlan[] {
  const said = (spec.identities ?? []).map(({ type, value }) => (type === "SpiffeID" ? value : serviceIdentity(mesh, value)));
  const found = said.length > 0 ? said : [...providers].flatMap(identityServices).map((service) => serviceIdentity(mesh, service));
  if (found.length === 0) return [{ match: "prefix", value: `spiffe://${mesh}/` }];
  return [...new Set(found)].sort().map((value) => ({ match: "exact", value }));
}

/** Envoy takes no longer one. */
const maxServerNameLength = 255;

/** `backend{version=v1,mesh=default}`, as Kuma has it: what is asked for in the handshake, so that a proxy in between can tell. */
function taggedServerName(mesh: string, service: string, tags: Labels): string {
  const others = Object.entries(tags).filter(([tag]) => tag !== labelNames.service && tag !== "mesh");
  const texts = [...others.map(([tag, value]) => `${tag}=${value}`), `mesh=${mesh}`].sort();
  const whole = `${service}{${texts.join(",")}}`;
  return whole.length <= maxServerNameLength ? whole : `${service}{mesh=${mesh}}`.slice(0, maxServerNameLength);
}

/** `a<hash>.backend.80.default.ms`, as Kuma has it. */
function serviceServerName(mesh: string, service: MeshService, port: MeshServicePort): string {
  const labelled = (text: string): string => (text.length > 62 ? `${text.slice(0, 62)}x` : text);
  return `a${fnv64a(`${service.name};${mesh};`)}.${labelled(displayNameOf(service))}.${port.port}.${labelled(mesh)}.ms`;
}
