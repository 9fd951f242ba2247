import { asNumber, asObject, ownField } from "../base/json.ts";
import { fieldPath } from "../base/field-path.ts";
import { labelOf } from "../base/labels.ts";
import { didYouMean } from "../base/nearest-name.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";
import { annotationTable, type DescribedAnnotation } from "../kubernetes/annotation-table.ts";
import { unreadableWords, wordsFor } from "../kubernetes/sidecar-decision.ts";
import type { Speaking } from "../kubernetes/read-annotation.ts";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { inertSettings } from "../redirect/check-settings.ts";
import { defaultRedirect } from "../redirect/settings.ts";
import type { PodSettings } from "./pod-settings.ts";
import { shown } from "./read-text.ts";
import { proxyUser, type InjectionSettings } from "./settings.ts";
import { portsOfEnvoy } from "./sidecar-ports.ts";

/** What a pod says of sidecars that counts for nothing, or against what it says elsewhere. */
export function wordWarnings(metadata: Speaking | undefined): readonly string[] {
  const unreadable = unreadableWords(metadata).map(({ kind, name, text }) => `metadata.${kind}s[${JSON.stringify(name)}]: is ${shown(text)}, which is neither yes nor no, and counts for nothing`);
  const [first, ...others] = wordsFor(metadata);
  const against = others.filter(({ value }) => value !== first?.value).map(({ kind, name, text }) => {
    return `metadata.${kind}s[${JSON.stringify(name)}]: is ${shown(text)}; the ${first?.kind ?? ""} ${first?.name ?? ""} counts more`;
  });
  return [...unreadable, ...against];
}

/** Beginnings of annotations that are for an injector of sidecars. */
const ours = /^((([a-z.]+\.)?sidecar|inject|proxy|prometheus)\.istio\.io|(traffic\.|prometheus\.metrics\.)?kuma\.io)\//;

const annotationsOnly: ReadonlySet<string> = new Set(Object.values<DescribedAnnotation>(annotationTable).flatMap(({ name, label }) => (label === true ? [] : [name])));

/** Annotations that Istio's users and Kuma's know and that mean nothing here; and what means nothing where it stands. */
export function unknownAnnotations({ metadata }: PodTemplate): readonly string[] {
  const known: ReadonlySet<string> = new Set(Object.values(annotationNames));
  const unknown = Object.keys(metadata?.annotations ?? {}).filter((name) => ours.test(name) && !known.has(name));
  const misplaced = Object.keys(metadata?.labels ?? {}).filter((name) => annotationsOnly.has(name));
  return [
    ...unknown.map((name) => `${fieldPath("metadata.annotations", name)}: means nothing here${didYouMean(name, known)}`),
    ...misplaced.map((name) => `${fieldPath("metadata.labels", name)}: means nothing as a label; it has to be an annotation`),
  ];
}

/** What of a pod does not go together with a sidecar beside it. */
export function clashWarnings(pod: PodTemplate, settings: PodSettings): readonly string[] {
  const taken = new Set([settings.statusPort, ...portsOfEnvoy(settings)]);
  const lists = (["initContainers", "containers"] as const).flatMap((list) => (pod.spec?.[list] ?? []).map((container, i) => [`spec.${list}[${i}]`, container] as const));
  const ports = lists.flatMap(([path, { ports: declared = [], name }]) => {
    return declared.flatMap(({ containerPort }, i) => (taken.has(containerPort) ? [`${path}.ports[${i}].containerPort: the sidecar listens on ${containerPort} too; ${name} or the sidecar will not start`] : []));
  });
  const users = settings.redirected ? lists.flatMap(([path, container]) => userWarning(path, container, pod)) : [];
  return [...ports, ...users];
}

/** The redirection knows the sidecar by its user and group. */
function userWarning(path: string, { name, securityContext }: ContainerSpec, { spec }: PodTemplate): readonly string[] {
  const [own, general] = [asObject(securityContext), asObject(spec?.["securityContext"])];
  const found = (["runAsUser", "runAsGroup"] as const).find((field) => asNumber(ownField(own, field) ?? ownField(general, field)) === proxyUser);
  return found === undefined ? [] : [`${path}.securityContext.${found}: ${proxyUser} is the sidecar's own; connections of ${name} go past the sidecar`];
}

/** What Kubernetes itself will refuse: the redirection takes a capability that the namespace does not allow. */
export function securityWarning(namespace: Speaking, { redirected, initName }: PodSettings): readonly string[] {
  const level = labelOf(namespace.labels, "pod-security.kubernetes.io/enforce") ?? "";
  if (!redirected || (level !== "baseline" && level !== "restricted")) return [];
  return [`the namespace enforces the Pod Security Standard ${level}, which does not allow NET_ADMIN of ${initName}: the pod will be refused`];
}

/** What a pod says of its redirection and changes nothing; what is set for all is not its author's concern. */
export function inertWarnings({ redirect }: PodSettings, base: InjectionSettings): readonly string[] {
  const general = inertSettings({ ...defaultRedirect, ...base.redirect });
  return inertSettings({ ...defaultRedirect, ...redirect }).filter((notice) => !general.includes(notice)).map((notice) => `redirection: ${notice}`);
}
