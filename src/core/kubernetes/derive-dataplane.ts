import { deepFreeze } from "../base/deep-freeze.ts";
import { excludedPorts } from "./excluded-ports.ts";
import type { Dataplane, Inbound, IpFamilyMode, Networking, TransparentProxying } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { annotationNames } from "./annotation-names.ts";
import { deriveInbounds } from "./derive-inbounds.ts";
import { creationOf, derivedLabels, nameInMesh } from "./derived-labels.ts";
import { hasEnded } from "./membership.ts";
import type { Pod } from "./pod.ts";
import { portOf, said, switchOf } from "./read-annotation.ts";
import type { Service } from "./service.ts";

/** Where the sidecars of this family are told to take captured connections, unless an annotation says otherwise. */
const inboundPort = 15_006;
const outboundPort = 15_001;

/** The Dataplane of a pod of this mesh; undefined while it has no address, and once it has ended and its address may be another's. */
export function deriveDataplane(pod: Pod, mesh: string, services: readonly Service[]): Dataplane | undefined {
  const address = pod.status?.podIP;
  if (address === undefined || address === "" || hasEnded(pod)) return undefined;
  const gateway = switchOf(pod, annotationNames.gateway) === true;
  return deepFreeze({
    kind: "Dataplane",
    mesh,
    name: nameInMesh(pod),
    labels: derivedLabels(pod, mesh, { [labelNames.proxyType]: gateway ? "gateway" : "sidecar" }),
    spec: { networking: networkingOf(pod, address, services, gateway) },
    ...creationOf(pod),
  });
}

function networkingOf(pod: Pod, address: string, services: readonly Service[], gateway: boolean): Networking {
  const inbounds = deriveInbounds(pod, services);
  const adminPort = portOf(pod, annotationNames.adminPort);
  const redirection = switchOf(pod, annotationNames.transparentProxying) === false ? undefined : redirectionOf(pod, gateway, inbounds);
  return {
    address,
    ...(gateway ? { gateway: { type: "DELEGATED", tags: inbounds[0]?.tags ?? {} } } : { inbound: inbounds }),
    ...(redirection === undefined ? {} : { transparentProxying: redirection }),
    ...(adminPort === undefined ? {} : { admin: { port: adminPort } }),
  };
}

/** A gateway takes what comes from outside itself; only what it sends is redirected. */
function redirectionOf(pod: Pod, gateway: boolean, inbounds: readonly Inbound[]): TransparentProxying {
  const family = familyOf(said(pod, annotationNames.ipFamilyMode)) ?? familyOfAddresses(pod);
  const reachable = pod.metadata.annotations?.[annotationNames.reachableServices];
  const excluded = gateway ? [] : excludedPorts(pod, inbounds);
  return {
    ...(gateway ? {} : { redirectPortInbound: portOf(pod, annotationNames.inboundPort) ?? inboundPort }),
    ...(excluded.length === 0 ? {} : { excludedInboundPorts: excluded }),
    redirectPortOutbound: portOf(pod, annotationNames.outboundPort) ?? outboundPort,
    ...(family === undefined ? {} : { ipFamilyMode: family }),
    ...(reachable === undefined ? {} : { reachableServices: namesIn(reachable) }),
  };
}

/** On a node without IPv6 a listener for it is refused, so a pod that has addresses of one family gets listeners for that one. */
function familyOfAddresses({ status }: Pod): IpFamilyMode | undefined {
  const addresses = (status?.podIPs ?? []).map(({ ip = "" }) => ip);
  const ipv6 = addresses.filter((ip) => ip.includes(":")).length;
  if (addresses.length === 0) return undefined;
  return ipv6 === 0 ? "IPv4" : ipv6 === addresses.length ? "IPv6" : "DualStack";
}

function familyOf(text: string | undefined): IpFamilyMode | undefined {
  switch (text?.toLowerCase()) {
    case "ipv4":
      return "IPv4";
    case "ipv6":
      return "IPv6";
    case "dualstack":
      return "DualStack";
    default:
      return undefined;
  }
}

/** Sorted, each once: the same services are the same setting, however they are written. */
function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(",").map((name) => name.trim()).filter((name) => name !== ""))].sort();
}
