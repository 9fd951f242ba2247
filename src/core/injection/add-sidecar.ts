import { asArray, asNumber, asObject, ownField } from "../base/json.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";
import { defaultMesh } from "../kubernetes/membership.ts";
import { saidIn, switchIn, type Speaking } from "../kubernetes/read-annotation.ts";
import type { ContainerSpec, PodTemplate, PodTemplateSpec, VolumeSpec } from "../probe/pod-spec.ts";
import { mergeMetrics } from "./app-metrics.ts";
import { customized } from "./customized.ts";
import { marksOf } from "./marks.ts";
import { ordered } from "./ordered.ts";
import type { PodSettings } from "./pod-settings.ts";
import { redirectContainer, type ProxyOwner } from "./redirect-container.ts";
import { proxyUser } from "./settings.ts";
import { sidecarContainer } from "./sidecar-container.ts";
import { sidecarVolumes } from "./sidecar-volumes.ts";

/** The pod with its sidecar, with what redirects to it, their volumes and marks. Its probes are as they were. */
export function addSidecar(pod: PodTemplate, namespace: Speaking, given: PodSettings): { readonly pod: PodTemplate; readonly warnings: readonly string[] } {
  const settings = isGateway(pod) ? takingNothing(given) : given;
  const metrics = mergeMetrics(pod, settings);
  const mesh = saidIn(pod.metadata, annotationNames.mesh) ?? saidIn(namespace, annotationNames.mesh) ?? defaultMesh;
  const parts = partsFor(pod, settings, sidecarOver(pod, sidecarContainer(pod, settings, { mesh, appMetrics: metrics.appMetrics })));
  const annotations = {
    ...settings.injectedAnnotations,
    ...defaultContainer(pod, settings),
    ...pod.metadata?.annotations,
    ...metrics.annotations,
    ...marksOf(pod, parts, mesh, settings),
  };
  const spec = withParts(pod.spec ?? {}, parts, settings.sidecarName);
  return { pod: ordered({ ...pod, metadata: { ...pod.metadata, annotations }, spec }, placesOf(settings)), warnings: metrics.warnings };
}

/** What is put into a pod. */
export interface Parts {
  readonly initContainers: readonly ContainerSpec[];
  readonly containers: readonly ContainerSpec[];
  readonly volumes: readonly VolumeSpec[];
  readonly imagePullSecrets: readonly { readonly name: string }[];
}

function partsFor(pod: PodTemplate, settings: PodSettings, sidecar: ContainerSpec): Parts {
  const { redirected, native } = settings;
  return {
    initContainers: [...(redirected ? [redirectContainer(settings, ownerOf(sidecar))] : []), ...(native ? [sidecar] : [])],
    containers: native ? [] : [sidecar],
    volumes: sidecarVolumes(settings.tokenAudience),
    imagePullSecrets: missingSecrets(pod, settings.imagePullSecrets),
  };
}

function withParts(spec: PodTemplateSpec, parts: Parts, sidecarName: string): PodTemplateSpec {
  // What its author wrote under its name is in it by now.
  const others = (list: readonly ContainerSpec[] = []): readonly ContainerSpec[] => list.filter(({ name }) => name !== sidecarName);
  const initContainers = [...others(spec.initContainers), ...parts.initContainers];
  const secrets = [...(asArray(spec["imagePullSecrets"]) ?? []), ...parts.imagePullSecrets];
  return {
    ...spec,
    ...(initContainers.length === 0 ? {} : { initContainers }),
    containers: [...others(spec.containers), ...parts.containers],
    volumes: [...(spec.volumes ?? []), ...parts.volumes],
    ...(parts.imagePullSecrets.length === 0 ? {} : { imagePullSecrets: secrets }),
  };
}

function placesOf({ sidecarName, initName, redirected, holdApplication, initFirst }: PodSettings): Parameters<typeof ordered>[1] {
  return { sidecar: sidecarName, redirect: redirected ? initName : undefined, held: holdApplication, initFirst };
}

/** A gateway takes what comes from outside itself. */
function isGateway({ metadata }: PodTemplate): boolean {
  return switchIn(saidIn(metadata, annotationNames.gateway)) === true;
}

function takingNothing(settings: PodSettings): PodSettings {
  return { ...settings, redirect: { ...settings.redirect, includeInboundPorts: [], excludeInboundPorts: [] } };
}

function sidecarOver({ spec }: PodTemplate, sidecar: ContainerSpec): ContainerSpec {
  const theirs = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => name === sidecar.name);
  return theirs === undefined ? sidecar : customized(sidecar, theirs);
}

function ownerOf({ securityContext }: ContainerSpec): ProxyOwner {
  return { uid: idIn(securityContext, "runAsUser"), gid: idIn(securityContext, "runAsGroup") };
}

/** Root's connections are not the sidecar's alone. */
function idIn(securityContext: unknown, field: "runAsUser" | "runAsGroup"): number {
  const id = asNumber(ownField(asObject(securityContext), field)) ?? 0;
  return id === 0 ? proxyUser : id;
}

/** For `kubectl logs` and `kubectl exec`, whichever container comes first. */
function defaultContainer({ spec }: PodTemplate, { sidecarName }: PodSettings): Readonly<Record<string, string>> {
  const app = spec?.containers?.find(({ name }) => name !== sidecarName);
  return app === undefined ? {} : { "kubectl.kubernetes.io/default-container": app.name };
}

function missingSecrets({ spec }: PodTemplate, wanted: readonly string[]): readonly { readonly name: string }[] {
  const there = new Set((asArray(spec?.["imagePullSecrets"]) ?? []).map((each) => ownField(asObject(each), "name")));
  return [...new Set(wanted)].filter((name) => !there.has(name)).map((name) => ({ name }));
}
