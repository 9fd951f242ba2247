import { labelOf } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import type { MeshWorld } from "../model/world.ts";
import { proxyStatus } from "./proxy-status.ts";
import type { ProxyStatus } from "./proxy-status.ts";

/** How many there are, and how they are doing. */
export interface Tally {
  readonly total: number;
  readonly online: number;
  readonly partiallyDegraded: number;
  readonly offline: number;
}

/** The counts of one mesh. */
export interface MeshCounts {
  readonly sidecars: Tally;
  readonly gateways: Tally;
  /** Services that inbounds name by the tag `kuma.io/service`. */
  readonly services: Tally;
  readonly gatewayServices: Tally;
  /** By kind, only where there are some. */
  readonly policies: Readonly<Record<string, number>>;
  readonly meshServices: number;
  readonly meshExternalServices: number;
}

/** Counts what is in a mesh. `isConnected`: whether the proxy of this name has a stream. */
export function countMesh(mesh: MeshWorld, isConnected: (name: string) => boolean): MeshCounts {
  const all = [...mesh.dataplanes.values()].map((dataplane) => ({ dataplane, status: proxyStatus(dataplane, isConnected(dataplane.name)) }));
  const gateways = all.filter(({ dataplane }) => isGateway(dataplane));
  const sidecars = all.filter(({ dataplane }) => !isGateway(dataplane));
  const policies = [...mesh.policies].map(([kind, ofKind]) => [kind, ofKind.size] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sidecars: tally(sidecars.map(({ status }) => status)),
    gateways: tally(gateways.map(({ status }) => status)),
    services: tally(serviceStatuses(sidecars)),
    gatewayServices: tally(serviceStatuses(gateways)),
    policies: Object.fromEntries(policies.filter(([, count]) => count > 0)),
    meshServices: mesh.services.size,
    meshExternalServices: mesh.externalServices.size,
  };
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  const sum = (field: keyof Tally): number => tallies.reduce((total, one) => total + one[field], 0);
  return { total: sum("total"), online: sum("online"), partiallyDegraded: sum("partiallyDegraded"), offline: sum("offline") };
}

function tally(statuses: readonly ProxyStatus[]): Tally {
  const count = (wanted: ProxyStatus): number => statuses.filter((status) => status === wanted).length;
  return { total: statuses.length, online: count("Online"), partiallyDegraded: count("PartiallyDegraded"), offline: count("Offline") };
}

/** A service is online when all of its proxies are, offline when none is. */
function serviceStatuses(proxies: readonly { readonly dataplane: Dataplane; readonly status: ProxyStatus }[]): readonly ProxyStatus[] {
  const byService = new Map<string, Set<ProxyStatus>>();
  for (const { dataplane, status } of proxies) {
    for (const tags of tagSetsOf(dataplane)) {
      const service = labelOf(tags, labelNames.service);
      if (service !== undefined) byService.set(service, (byService.get(service) ?? new Set()).add(status));
    }
  }
  return [...byService.values()].map((statuses): ProxyStatus => {
    const [only] = statuses;
    return statuses.size === 1 && only !== undefined ? only : "PartiallyDegraded";
  });
}

function isGateway({ spec }: Dataplane): boolean {
  return spec.networking.gateway !== undefined;
}
