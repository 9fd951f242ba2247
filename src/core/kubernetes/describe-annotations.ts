import { annotationTable, type DescribedAnnotation } from "./annotation-table.ts";

type Key = keyof typeof annotationTable;

/** All of them by what they are about, in the order of the page. */
const sections: readonly (readonly [string, readonly Key[]])[] = [
  ["Who is in the mesh", ["injection", "istioInject", "mesh", "gateway", "ignore", "reachableServices", "adminPort"]],
  [
    "The sidecar",
    [
      "proxyImage", "proxyCpu", "proxyCpuLimit", "proxyMemory", "proxyMemoryLimit", "logLevel", "istioLogLevel", "componentLogLevel", "istioComponentLogLevel", "concurrency",
      "drainTime", "sidecarEnv", "holdApplication", "nativeSidecar", "initFirst", "proxyConfig",
    ],
  ],
  ["Probes and metrics", ["appAddress", "rewriteProbers", "statusPort", "readinessInitialDelay", "readinessPeriod", "readinessFailureThreshold", "mergeMetrics"]],
  [
    "Redirection",
    [
      "transparentProxying", "interceptionMode", "excludeInboundPorts", "istioExcludeInboundPorts", "includeInboundPorts", "excludeOutboundPorts", "istioExcludeOutboundPorts", "includeOutboundPorts",
      "excludeOutboundIps", "istioExcludeOutboundIps", "includeOutboundIps", "inboundPort", "outboundPort", "ipFamilyMode",
    ],
  ],
  ["What the injector writes", ["status", "injected"]],
];

/** Annotations that no section of the page has. */
export function undescribedAnnotations(): readonly string[] {
  const described = new Set<string>(sections.flatMap(([, keys]) => keys));
  return Object.keys(annotationTable).filter((key) => !described.has(key));
}

/** The reference page, in Markdown. */
export function formatAnnotationsReference(): string {
  return [...intro, ...sections.flatMap(([title, keys]) => [`## ${title}`, "", "| annotation | on | says | means |", "|---|---|---|---|", ...keys.map((key) => row(annotationTable[key])), ""])].join("\n");
}

const intro: readonly string[] = [
  "# Labels and annotations",
  "",
  "<!-- Generated from src/core/kubernetes by `npm run generate`; edit there. -->",
  "",
  "What Pods, Namespaces and Services say of themselves. On a workload (a Deployment, a Job …) they belong into the template of its pods. The names are Kuma's and",
  "Istio's; where both have one, both are read, and Kuma's counts more. What is marked *label too* may be a label as well, which then counts more. Yes and no may be",
  "written `true` and `false`, `enabled` and `disabled`, `yes` and `no`. What the sidecar could not run with is refused when the pod is created; names of these kinds that mean",
  "nothing here are a warning. What holds where a pod says nothing: the chart's values [`global.proxy.*` and `sidecarInjectorWebhook.*`](helm.md).",
  "",
  "A container that is called `istio-proxy` and has the image `auto` is laid over the sidecar, as in Istio: for variables, mounts and whatever else no annotation is for.",
  "",
];

function row({ name, on, label, value, meaning }: DescribedAnnotation): string {
  const where = `${on.join(", ")}${label === true ? "; label too" : ""}`;
  return `| \`${name}\` | ${where} | ${value} | ${meaning} |`;
}
