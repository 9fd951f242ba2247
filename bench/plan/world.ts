import { applyChanges, emptyWorld } from "../../src/core/model/apply-changes.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import type { World } from "../../src/core/model/world.ts";
import { dataplane, healthCheck, inboundOf, meshNamed, outboundsTo, putOf, toMesh, toService } from "../../test/kit/resources.ts";

export interface Size {
  readonly proxies: number;
  readonly services: number;
  readonly policies: number;
  /** Services that every proxy calls. */
  readonly called: number;
}

/** An edit, made anew for each round so that every round changes something. */
export type Edit = (round: number) => Resource;

/** A tenth as many services as proxies and as many policies; each proxy calls ten services, so each service has a hundred callers. */
export function sizeOf(proxies: number): Size {
  const services = Math.ceil(proxies / 10);
  return { proxies, services, policies: services, called: Math.min(10, services) };
}

const conf = { http: { path: "/health" } };

/** How many proxies a policy of `reachEdit` may mean: the first one, the first ten … */
const reaches = [1, 10, 100];

/** A World in which every policy decides something: policy n is that of the proxies of service n for one service that they call. */
export function worldOf(size: Size): World {
  const all: Resource[] = [meshNamed(), healthCheck("all", undefined, [toMesh(conf)])];
  for (let i = 0; i < size.proxies; i++) all.push(proxyOf(i, size));
  for (let i = 0; i < size.policies; i++) {
    const called = calledBy(i, size)[i % size.called] ?? "";
    all.push(healthCheck(`policy-${i}`, { kind: "MeshService", name: `service-${i}` }, [toService(called, { ...conf, unhealthyThreshold: (i % 5) + 1 })]));
  }
  return applyChanges(emptyWorld, all.map(putOf));
}

/** A policy that changes every cluster of the first so many proxies; of all, where `reach` is undefined. */
export function reachEdit(reach: number | undefined): Edit {
  const ref = reach === undefined ? undefined : { kind: "Dataplane" as const, labels: { [reachLabel(reach)]: "yes" } };
  return (round) => healthCheck("reach", ref, [toMesh({ ...conf, interval: `${round + 2}s` })]);
}

/** A policy on everyone for one service, which a hundred proxies call. */
export function policyOfService(): Edit {
  return (round) => healthCheck("mesh-to-one", undefined, [toService("service-3", { ...conf, timeout: `${round + 1}ms` })]);
}

/** A proxy that calls a service less, or two. */
export function callsOfProxy(size: Size): Edit {
  return (round) => proxyOf(7, size, { called: size.called - 1 - (round % 2) });
}

/** An endpoint that is ready and then is not, of a service that a hundred proxies call. */
export function endpointOfService(size: Size): Edit {
  return (round) => proxyOf(8, size, { ready: round % 2 === 1 });
}

function proxyOf(i: number, size: Size, { called = size.called, ready = true } = {}): Resource {
  const reached = reaches.filter((reach) => i < reach).map((reach) => [reachLabel(reach), "yes"]);
  return dataplane(`proxy-${i}`, {
    address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
    inbound: [inboundOf(`service-${i % size.services}`, ready ? {} : { state: "NotReady" })],
    outbound: outboundsTo(...calledBy(i, size).slice(0, called)),
    labels: { "kuma.io/zone": "default", app: `app-${i % size.services}`, ...Object.fromEntries(reached) as Record<string, string> },
  });
}

function calledBy(i: number, { called, services }: Size): readonly string[] {
  return Array.from({ length: called }, (_, j) => `service-${(i + j) % services}`);
}

function reachLabel(reach: number): string {
  return `reach-${reach}`;
}
