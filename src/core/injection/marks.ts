import { withoutUndefined } from "../base/without-undefined.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";
import { saidIn, switchIn } from "../kubernetes/read-annotation.ts";
import { ourRevision } from "../kubernetes/sidecar-of.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import { formatPorts } from "../redirect/port-ranges.ts";
import { defaultRedirect } from "../redirect/settings.ts";
import type { PodSettings } from "./pod-settings.ts";

type Named = readonly { readonly name: string }[];

/** What was put into a pod. */
export interface PutIn {
  readonly initContainers: Named;
  readonly containers: Named;
  readonly volumes: Named;
  readonly imagePullSecrets: Named;
}

/**
 * Annotations by which everybody knows what was done to a pod: Istio's status, Kuma's mark, and what the control plane has to know of
 * the pod and would otherwise take from settings that may be others by then.
 */
export function marksOf(pod: PodTemplate, putIn: PutIn, mesh: string, { redirected, redirect }: PodSettings): Readonly<Record<string, string>> {
  const { initContainers, containers, volumes, imagePullSecrets } = putIn;
  const status = {
    initContainers: namesOf(initContainers),
    containers: namesOf(containers),
    volumes: namesOf(volumes),
    imagePullSecrets: namesOf(imagePullSecrets),
    revision: ourRevision,
  };
  const facts = withoutUndefined({
    [annotationNames.mesh]: mesh,
    [annotationNames.transparentProxying]: redirected ? undefined : "disabled",
    [annotationNames.inboundPort]: redirect.inboundPort === defaultRedirect.inboundPort ? undefined : String(redirect.inboundPort),
    ...unsaidPorts(pod, redirect),
    [annotationNames.outboundPort]: redirect.outboundPort === defaultRedirect.outboundPort ? undefined : String(redirect.outboundPort),
  });
  const unsaid = Object.entries(facts).filter(([name]) => saidIn(pod.metadata, name) === undefined);
  return { ...(Object.fromEntries(unsaid) as Readonly<Record<string, string>>), [annotationNames.injected]: "true", [annotationNames.status]: JSON.stringify(status) };
}

/** Which ports are redirected to the sidecar, where that is not as the pod says, or as when nobody says anything. */
function unsaidPorts({ metadata }: PodTemplate, { includeInboundPorts, excludeInboundPorts }: PodSettings["redirect"]): Readonly<Record<string, string>> {
  const said = (name: string): boolean => metadata?.annotations?.[name] !== undefined;
  const exclude = excludeInboundPorts.length > 0 && !said(annotationNames.excludeInboundPorts) && !said(annotationNames.istioExcludeInboundPorts);
  const isGateway = switchIn(saidIn(metadata, annotationNames.gateway)) === true;
  const include = includeInboundPorts !== "*" && !isGateway && !said(annotationNames.includeInboundPorts);
  return {
    ...(exclude ? { [annotationNames.excludeInboundPorts]: formatPorts(excludeInboundPorts) } : {}),
    ...(include ? { [annotationNames.includeInboundPorts]: formatPorts(includeInboundPorts) } : {}),
  };
}

/** Null for none, as in Istio. */
function namesOf(parts: Named): readonly string[] | null {
  return parts.length === 0 ? null : parts.map(({ name }) => name);
}
