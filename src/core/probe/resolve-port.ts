import { isPort } from "../model/valid-address.ts";
import { containersOf } from "./find-sidecar.ts";
import type { ContainerSpec, PodTemplate } from "./pod-spec.ts";

export type ResolvedPort = { readonly ok: true; readonly port: number } | { readonly ok: false; readonly reason: string };

/**
 * The number of a probe's port, as the kubelet finds it: a name is that of a port of the same container, else a number written as
 * text. The pod is asked only to say where a name would have been found.
 */
export function resolvePort(port: number | string | undefined, container: ContainerSpec, pod: PodTemplate): ResolvedPort {
  if (port === undefined || port === "") return { ok: false, reason: "it names no port" };
  const found = typeof port === "number" ? port : (portNamed(container, port) ?? (/^\d{1,5}$/.test(port) ? Number(port) : undefined));
  if (found === undefined) return { ok: false, reason: unknownName(String(port), container, pod) };
  return isPort(found) ? { ok: true, port: found } : { ok: false, reason: `${found} is no port` };
}

function portNamed({ ports = [] }: ContainerSpec, name: string): number | undefined {
  return ports.find((port) => port.name === name)?.containerPort;
}

function unknownName(name: string, { name: own }: ContainerSpec, pod: PodTemplate): string {
  const owner = containersOf(pod).find((other) => other.name !== own && portNamed(other, name) !== undefined);
  const elsewhere = owner === undefined ? "" : `; container ${JSON.stringify(owner.name)} has one, which does not count`;
  return `the container has no port named ${JSON.stringify(name)}${elsewhere}`;
}
