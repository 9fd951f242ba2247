import type { Inbound } from "../model/dataplane.ts";
import { annotationNames } from "./annotation-names.ts";
import { parseAppAddresses } from "./app-address.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels } from "../model/resource.ts";
import { labelsOfObject, runningContainers } from "./pod.ts";
import type { ContainerPort, Pod } from "./pod.ts";
import { isReady } from "./pod-ready.ts";
import { portProtocol } from "./port-protocol.ts";
import { isTcp, tcpPorts } from "./service.ts";
import type { Service, ServicePort } from "./service.ts";
import { workloadName } from "./workload-name.ts";

/** The port of the inbound of a pod without a Service, which nobody calls; Kuma's. */
const portOfNobody = 49_151;

/** An inbound for each TCP port of each Service that selects the pod, in the order given; one that nobody calls when there is none. */
export function deriveInbounds(pod: Pod, services: readonly Service[]): readonly Inbound[] {
  const ready = isReady(pod);
  const shown = shownLabels(pod);
  const inbounds = services.flatMap((service) => tcpPorts(service).flatMap((port) => deriveInbound(pod, shown, ready, service, port)));
  return inbounds.length > 0 ? inbounds : [inboundOfNobody(pod, shown)];
}

function deriveInbound(pod: Pod, shown: Labels, ready: boolean, service: Service, port: ServicePort): readonly Inbound[] {
  const wanted = port.targetPort ?? port.port;
  const found = containerPort(pod, wanted);
  // The name of a port that no container of this pod has: other pods of the Service may have it.
  if (found === undefined) return [];
  const { name, namespace = "" } = service.metadata;
  const tags = {
    ...shown,
    [labelNames.namespace]: namespace,
    [labelNames.kubeService]: name,
    [labelNames.kubeServicePort]: String(port.port),
    [labelNames.protocol]: portProtocol(service, port),
    [labelNames.service]: `${name}_${namespace}_svc_${port.port}`,
  };
  const early = service.spec?.publishNotReadyAddresses === true && pod.metadata.deletionTimestamp === undefined;
  const serviceAddress = appAddressOf(pod, found.number);
  const app = serviceAddress === undefined ? {} : { serviceAddress };
  return [{ port: found.number, ...app, ...(found.name === undefined ? {} : { name: found.name }), state: ready || early ? "Ready" : "NotReady", tags }];
}

/** What nobody can read says nothing: the injector refuses it. */
function appAddressOf({ metadata }: Pod, port: number): string | undefined {
  const parsed = parseAppAddresses(metadata.annotations?.[annotationNames.appAddress] ?? "");
  return parsed.ok ? parsed.addressOf(port) : undefined;
}

function inboundOfNobody(pod: Pod, shown: Labels): Inbound {
  const { namespace = "" } = pod.metadata;
  const tags = {
    ...shown,
    [labelNames.namespace]: namespace,
    [labelNames.protocol]: "tcp",
    [labelNames.service]: `${workloadName(pod)}_${namespace}_svc`,
  };
  return { port: portOfNobody, state: "Ignored", tags };
}

/** The number that a Service's target port is in this pod, and the name that the container gives it. */
function containerPort(pod: Pod, wanted: number | string): { readonly number: number; readonly name?: string } | undefined {
  const ports = runningContainers(pod).flatMap((container) => container.ports ?? []);
  const fits = (port: ContainerPort): boolean => isTcp(port.protocol) && (port.name === wanted || port.containerPort === wanted);
  const found = ports.find(fits);
  if (found !== undefined) return { number: found.containerPort, ...(found.name === undefined ? {} : { name: found.name }) };
  // Containers need not declare their ports.
  return typeof wanted === "number" && wanted > 0 ? { number: wanted } : undefined;
}

/** The pod's labels as tags, without those that are the mesh's own and those without a value (as Kuma does). */
function shownLabels(pod: Pod): Labels {
  return Object.fromEntries(Object.entries(labelsOfObject(pod)).filter(([key, value]) => value !== "" && !key.includes("kuma.io/")));
}
