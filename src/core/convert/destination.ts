import type { JsonObject } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";

/** What a host of Istio's means. */
export type Destination =
  | { readonly kind: "mesh" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "service"; readonly name: string; readonly namespace: string }
  | { readonly kind: "external"; readonly host: string };

/**
 * What a host means to an object of this namespace, as Istio reads it: a name without dots is a Service of the same namespace, one with
 * dots is taken as it is. `*` stands for everything, `*.shop.svc.cluster.local` for all of a namespace. The mesh's domain may be any.
 */
export function readHost(host: string, namespace: string): Destination {
  if (host === "*" || host === "*.local" || /^\*\.svc(\..+)?$/.test(host)) return { kind: "mesh" };
  const [, first = "", second] = /^([^.]+)(?:\.([^.]+)\.svc(?:\..+)?)?$/.exec(host) ?? [];
  if (first === "*" && second !== undefined) return { kind: "namespace", namespace: second };
  if (first !== "" && first !== "*") return { kind: "service", name: first, namespace: second ?? namespace };
  return { kind: "external", host };
}

/** The name that a MeshExternalService for this host is taken to have. */
export function externalName(host: string): string {
  return host.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 63);
}

/** As a targetRef of `to`, in a policy of `own` namespace; `port`: one port of the service. */
export function toRef(destination: Destination, own: string, port?: number): JsonObject {
  switch (destination.kind) {
    case "mesh":
      return { kind: "Mesh" };
    case "namespace":
      return { kind: "MeshService", labels: { [labelNames.namespace]: destination.namespace } };
    case "service":
      return { kind: "MeshService", name: portName(destination, port), ...(destination.namespace === own ? {} : { namespace: destination.namespace }) };
    case "external":
      return { kind: "MeshExternalService", name: externalName(destination.host) };
  }
}

/** The service itself, or one port of it: by number, whatever name the port has. */
function portName({ name, namespace }: Extract<Destination, { kind: "service" }>, port: number | undefined): string {
  return port === undefined ? name : `${name}_${namespace}_svc_${port}`;
}
