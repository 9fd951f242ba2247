import { applyChanges, emptyWorld } from "../../src/core/model/apply-changes.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import type { World } from "../../src/core/model/world.ts";
import { dataplane, healthCheck, inboundOf, meshNamed, meshService, putOf, redirected, toMesh, toService } from "../../test/kit/resources.ts";
import type { Edit, Size } from "./world.ts";

const conf = { http: { path: "/health" } };

/** Pods as Kubernetes has them: their connections are redirected, and each may call every service of the mesh. */
export function podsOf(pods: number, services: number): Size {
  return { proxies: pods, services, policies: 1, called: services };
}

export function capturedWorld(size: Size): World {
  const all: Resource[] = [meshNamed(), healthCheck("all", undefined, [toMesh(conf)])];
  for (let i = 0; i < size.proxies; i++) all.push(pod(i, size));
  for (let i = 0; i < size.services; i++) all.push(service(i));
  return applyChanges(emptyWorld, all.map(putOf));
}

/** A pod that is ready and then is not: an endpoint that everybody calls. */
export function podReadiness(size: Size): Edit {
  return (round) => pod(8, size, round % 2 === 1);
}

/** A policy for one of the services that everybody calls. */
export function policyOfOneService(): Edit {
  return (round) => healthCheck("for-one", undefined, [toService("service-3", { ...conf, timeout: `${round + 1}ms` })]);
}

function pod(i: number, { services }: Size, ready = true): Resource {
  const n = i % services;
  return dataplane(`pod-${i}`, {
    address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
    inbound: [inboundOf(`service-${n}_demo_svc_80`, ready ? {} : { state: "NotReady" })],
    transparentProxying: redirected,
    labels: { "kuma.io/zone": "default", "k8s.kuma.io/namespace": "demo", app: `app-${n}` },
  });
}

function service(n: number): Resource {
  const selector = { dataplaneTags: { "kuma.io/service": `service-${n}_demo_svc_80` } };
  const vips = [{ ip: `10.96.${(n >> 8) & 255}.${n & 255}` }];
  return meshService(`service-${n}`, { selector, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }], vips }, { "k8s.kuma.io/namespace": "demo" });
}
