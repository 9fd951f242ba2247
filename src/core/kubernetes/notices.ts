import type { Notice, NoticeCode } from "../base/notice.ts";
import { keyPath } from "../base/field-path.ts";
import { annotationNames, protocolAnnotation } from "./annotation-names.ts";
import { nameInMesh } from "./derived-labels.ts";
import type { KubeObject } from "./kube-object.ts";
import { hasEnded } from "./membership.ts";
import type { NamespaceFacts } from "./membership.ts";
import type { PodState, ServiceState } from "./namespace-state.ts";
import { unknownAnnotation } from "./port-protocol.ts";
import { said, switchOf } from "./read-annotation.ts";
import { tcpPorts } from "./service.ts";
import type { Service } from "./service.ts";
import { meshesOfService } from "./service-meshes.ts";

/** What there is to tell about a pod: that it asks to be part of a mesh, by itself and not by its namespace, and cannot be. */
export function podNotices(state: PodState | undefined, namespace: NamespaceFacts): readonly Notice[] {
  if (state === undefined || state.pod.spec?.hostNetwork !== true || hasEnded(state.pod)) return [];
  if (switchOf(state.pod, annotationNames.injection) !== true) return [];
  const about = { kind: "Dataplane", mesh: said(state.pod, annotationNames.mesh) ?? namespace.mesh, name: nameInMesh(state.pod) };
  const message = `pod ${nameOf(state.pod)} is on its node's network, where nothing can be redirected for it alone; it is not part of the mesh`;
  return [{ code: "not-in-mesh", about, path: "spec.hostNetwork", message }];
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
