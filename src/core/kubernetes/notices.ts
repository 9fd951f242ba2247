import type { Notice, NoticeCode } from "../base/notice.ts";
import { keyPath } from "../base/field-path.ts";
import { annotationNames, protocolAnnotation } from "./annotation-names.ts";
import { nameInMesh } from "./derived-labels.ts";
import type { KubeObject } from "./kube-object.ts";
import { hasEnded, sidecarDecision } from "./membership.ts";
import type { NamespaceFacts } from "./membership.ts";
import type { PodState, ServiceState } from "./namespace-state.ts";
import { unknownAnnotation } from "./port-protocol.ts";
import { said } from "./read-annotation.ts";
import { wordFor } from "./sidecar-decision.ts";
import { sidecarOf, type SidecarOf } from "./sidecar-of.ts";
import { tcpPorts } from "./service.ts";
import type { Service } from "./service.ts";
import { meshesOfService } from "./service-meshes.ts";

/** What there is to tell about a pod: that it, or its namespace, asks that it be part of a mesh, and why it is not. */
export function podNotices(state: PodState | undefined, namespace: NamespaceFacts): readonly Notice[] {
  if (state === undefined || state.mesh !== undefined || hasEnded(state.pod)) return [];
  const { pod } = state;
  const about = { kind: "Dataplane", mesh: said(pod, annotationNames.mesh) ?? namespace.mesh, name: nameInMesh(pod) };
  const tell = (path: string, message: string): readonly Notice[] => [{ code: "not-in-mesh", about, path, message: `pod ${nameOf(pod)} ${message}` }];
  const decision = sidecarDecision(pod, namespace);
  if (decision.wanted) return tell("spec.containers", whyNot(sidecarOf(pod)));
  // Whole namespaces have such pods (their nodes' agents); only one that asks for itself wants to be told.
  if (pod.spec?.hostNetwork !== true || wordFor(pod.metadata)?.value !== true) return [];
  return tell("spec.hostNetwork", "is on its node's network, where nothing can be redirected for it alone; it is not part of the mesh");
}

function whyNot(sidecar: SidecarOf | undefined): string {
  if (sidecar === "Istio") return "has a sidecar of Istio's; it is not part of the mesh";
  return "is to have a sidecar and has none: it was made before that was asked for, or while nobody could put one in; it is not part of the mesh until it is made anew";
}

/** What there is to tell about a Service that people may take for part of the mesh. */
export function serviceNotices(state: ServiceState | undefined, namespace: NamespaceFacts): readonly Notice[] {
  if (state === undefined) return [];
  const { service } = state;
  const named = said(service, annotationNames.mesh);
  const meshes = meshesOfService(state, namespace);
  const about = { kind: "MeshService", mesh: named ?? meshes[0] ?? namespace.mesh, name: nameInMesh(service) };
  const found: Notice[] = [];
  const tell = (code: NoticeCode, path: string, message: string) => found.push({ code, about, path, message });
  if (service.spec?.type === "ExternalName" && (named !== undefined || namespace.injected)) {
    tell("not-in-mesh", "spec.type", `service ${nameOf(service)} is an alias of ${service.spec.externalName ?? ""}, which has no pods; write a MeshExternalService to call that through the mesh`);
  }
  if (meshes.length === 0) return found;
  if ((state.meshes.get("") ?? 0) > 0) {
    tell("partly-in-mesh", "spec.selector", `service ${nameOf(service)} has pods that are not part of the mesh; calls from the mesh do not reach them`);
  }
  if (meshes.length > 1) {
    tell("partly-in-mesh", "spec.selector", `service ${nameOf(service)} has pods in each of the meshes ${meshes.join(", ")}; callers reach those of their own`);
  }
  return [...found, ...protocolNotices(service, about)];
}

function protocolNotices(service: Service, about: Notice["about"]): readonly Notice[] {
  return tcpPorts(service).flatMap((port): readonly Notice[] => {
    const text = unknownAnnotation(service, port);
    if (text === undefined) return [];
    const message = `service ${nameOf(service)}: ${JSON.stringify(text.slice(0, 80))} is no protocol that is known; tcp is taken`;
    return [{ code: "unknown-protocol", about, path: keyPath("metadata.annotations", protocolAnnotation(port.port)), message }];
  });
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
