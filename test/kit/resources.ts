import { deepFreeze } from "../../src/core/base/deep-freeze.ts";
import { applyChanges, emptyWorld } from "../../src/core/model/apply-changes.ts";
import type { Dataplane, Inbound, Outbound, TransparentProxying } from "../../src/core/model/dataplane.ts";
import type { Mesh } from "../../src/core/model/mesh.ts";
import type { MeshExternalService, MeshExternalServiceSpec } from "../../src/core/model/mesh-external-service.ts";
import type { MeshService, MeshServiceSpec } from "../../src/core/model/mesh-service.ts";
import type { Labels, Resource } from "../../src/core/model/resource.ts";
import type { Policy, TargetRef, ToItem } from "../../src/core/model/target-ref.ts";
import type { Change, World } from "../../src/core/model/world.ts";

/** Resources written short, in mesh `default` and without the labels that a store adds. */
export function meshNamed(name = "default"): Mesh {
  return deepFreeze({ kind: "Mesh", mesh: "", name, labels: {}, spec: {} });
}

export interface DataplaneParts {
  readonly address?: string;
  readonly inbound?: readonly Inbound[];
  readonly outbound?: readonly Outbound[];
  readonly gateway?: Labels;
  readonly transparentProxying?: TransparentProxying;
  readonly labels?: Labels;
  readonly mesh?: string;
}

export function dataplane(name: string, parts: DataplaneParts = {}): Dataplane {
  const { address = "10.0.0.1", inbound, outbound, gateway, transparentProxying, labels = {}, mesh = "default" } = parts;
  const networking = {
    address,
    ...(inbound === undefined ? {} : { inbound }),
    ...(outbound === undefined ? {} : { outbound }),
    ...(gateway === undefined ? {} : { gateway: { type: "DELEGATED" as const, tags: gateway } }),
    ...(transparentProxying === undefined ? {} : { transparentProxying }),
  };
  return deepFreeze({ kind: "Dataplane", mesh, name, labels, spec: { networking } });
}

/** What a sidecar is told whose pod has both directions redirected. */
export const redirected: TransparentProxying = { redirectPortInbound: 15006, redirectPortOutbound: 15001 };

/** An inbound of a service; `protocol` as the tag says it. */
export function inboundOf(service: string, parts: Partial<Inbound> & { readonly protocolTag?: string } = {}): Inbound {
  const { protocolTag = "http", tags, ...rest } = parts;
  const protocol = protocolTag === "" ? {} : { "kuma.io/protocol": protocolTag };
  return { port: 8080, ...rest, tags: { "kuma.io/service": service, ...protocol, ...tags } };
}

/** Outbounds to services by tag, on ports from 10000 on. */
export function outboundsTo(...services: readonly string[]): readonly Outbound[] {
  return services.map((service, i) => ({ port: 10000 + i, tags: { "kuma.io/service": service } }));
}

export function meshService(name: string, spec: MeshServiceSpec, labels: Labels = {}): MeshService {
  return deepFreeze({ kind: "MeshService", mesh: "default", name, labels, spec });
}

export function meshExternalService(name: string, spec: MeshExternalServiceSpec, labels: Labels = {}): MeshExternalService {
  return deepFreeze({ kind: "MeshExternalService", mesh: "default", name, labels, spec });
}

export function healthCheck(name: string, targetRef: TargetRef | undefined, to: readonly ToItem[], labels: Labels = {}): Policy {
  const top = targetRef === undefined ? {} : { targetRef };
  return deepFreeze({ kind: "MeshHealthCheck", mesh: "default", name, labels, spec: { ...top, to } });
}

export function toService(name: string, conf: Readonly<Record<string, unknown>>, rest: Partial<TargetRef> = {}): ToItem {
  return { targetRef: { kind: "MeshService", name, ...rest }, default: conf };
}

export function toMesh(conf: Readonly<Record<string, unknown>>): ToItem {
  return { targetRef: { kind: "Mesh" }, default: conf };
}

/** A World of these resources and the mesh `default`. */
export function worldOf(...resources: readonly Resource[]): World {
  return applyChanges(emptyWorld, [meshNamed(), ...resources].map(putOf));
}

export function putOf(resource: Resource): Change {
  const { kind, mesh, name } = resource;
  return { key: { kind, mesh, name }, after: resource };
}
