import { probeAnnotations } from "../probe/annotations.ts";

/** One label or annotation, as the reference page tells it. */
export interface DescribedAnnotation {
  readonly name: string;
  readonly on: readonly ("Pod" | "Namespace" | "Service")[];
  /** Read as a label too; then the label counts more. */
  readonly label?: true;
  /** What it may say. */
  readonly value: string;
  readonly meaning: string;
  /** Written by the injector: by hand, it says that somebody else did the injector's work. */
  readonly written?: true;
}

/** All of them. The names are Kuma's and Istio's; where both have one, both are read, and Kuma's counts more. */
export const annotationTable = {
  injection: { name: "kuma.io/sidecar-injection", on: ["Pod", "Namespace"], label: true, value: "`enabled` or `disabled`", meaning: "whether the pod, or every pod of the namespace, gets a sidecar" },
  istioInject: { name: "sidecar.istio.io/inject", on: ["Pod", "Namespace"], label: true, value: "`true` or `false`", meaning: "the same" },
  mesh: { name: "kuma.io/mesh", on: ["Pod", "Service", "Namespace"], label: true, value: "a name", meaning: "the mesh; `default` when nothing is said" },
  gateway: { name: "kuma.io/gateway", on: ["Pod"], label: true, value: "`enabled`", meaning: "takes traffic from outside by itself: only what it sends goes through the sidecar" },
  ignore: { name: "kuma.io/ignore", on: ["Service"], label: true, value: "`true`", meaning: "not in the mesh" },
  adminPort: { name: "kuma.io/envoy-admin-port", on: ["Pod"], label: true, value: "a port", meaning: "of a sidecar that somebody wrote: where Envoy's admin interface is" },
  reachableServices: {
    name: "kuma.io/transparent-proxying-reachable-services", on: ["Pod"], value: "names with commas between",
    meaning: "services that the pod calls, as `web`, `web.shop`, `web_shop_svc` or `web_shop_svc_80`; all of its mesh when nothing is said, `*` too",
  },

  proxyImage: { name: "sidecar.istio.io/proxyImage", on: ["Pod"], value: "an image", meaning: "image of the sidecar and of the init container" },
  proxyCpu: { name: "sidecar.istio.io/proxyCPU", on: ["Pod"], value: "`100m`", meaning: "CPU that the sidecar requests. With one of these four, nothing of the general resources holds" },
  proxyCpuLimit: { name: "sidecar.istio.io/proxyCPULimit", on: ["Pod"], value: "`2`", meaning: "its limit" },
  proxyMemory: { name: "sidecar.istio.io/proxyMemory", on: ["Pod"], value: "`128Mi`", meaning: "memory that the sidecar requests" },
  proxyMemoryLimit: { name: "sidecar.istio.io/proxyMemoryLimit", on: ["Pod"], value: "`1Gi`", meaning: "its limit" },
  logLevel: { name: "kuma.io/envoy-log-level", on: ["Pod"], value: "`trace` … `off`", meaning: "how much Envoy logs" },
  istioLogLevel: { name: "sidecar.istio.io/logLevel", on: ["Pod"], value: "`trace` … `off`", meaning: "the same" },
  componentLogLevel: { name: "kuma.io/envoy-component-log-level", on: ["Pod"], value: "`http:debug,upstream:info`", meaning: "the same for components of Envoy" },
  istioComponentLogLevel: { name: "sidecar.istio.io/componentLogLevel", on: ["Pod"], value: "`http:debug`", meaning: "the same" },
  concurrency: { name: "kuma.io/sidecar-proxy-concurrency", on: ["Pod"], value: "a number", meaning: "Envoy's threads; 0: one for each core. By the CPU limit when nothing is said" },
  drainTime: { name: "kuma.io/sidecar-drain-time", on: ["Pod"], value: "`30s`", meaning: "how long requests under way may take once the pod is to end; at most what its `terminationGracePeriodSeconds` leaves" },
  sidecarEnv: { name: "kuma.io/sidecar-env-vars", on: ["Pod"], value: "`A=1;B=2`", meaning: "further environment variables of the sidecar" },
  holdApplication: { name: "kuma.io/wait-for-dataplane-ready", on: ["Pod"], value: "`true` or `false`", meaning: "start the other containers once the sidecar is ready" },
  nativeSidecar: { name: "sidecar.istio.io/nativeSidecar", on: ["Pod"], value: "`true` or `false`", meaning: "the sidecar as an init container that goes on running; that of a Job is one in any case, so that it ends with it" },
  initFirst: { name: "kuma.io/init-first", on: ["Pod"], value: "`true` or `false`", meaning: "redirect before the other init containers, not after them" },
  proxyConfig: {
    name: "proxy.istio.io/config", on: ["Pod"], value: "YAML",
    meaning: "of Istio's ProxyConfig: `concurrency`, `holdApplicationUntilProxyStarts`, `terminationDrainDuration`, `drainDuration`, `statusPort`, `proxyMetadata` (in it `EXIT_ON_ZERO_ACTIVE_CONNECTIONS`, `MINIMUM_DRAIN_DURATION`); the annotations of this table count more",
  },

  appAddress: {
    name: "probeplane.io/app-address", on: ["Pod"], value: "`127.0.0.1`, or `8080=127.0.0.1` for one port",
    meaning: "the app listens on localhost alone: its sidecar and the agent's probes call it there. `::1` too; several with commas between",
  },
  rewriteProbers: { name: probeAnnotations.rewriteProbers, on: ["Pod"], value: "`true` or `false`", meaning: "whether probes go through the agent; beats what is set for all" },
  statusPort: { name: probeAnnotations.statusPort, on: ["Pod"], value: "a port", meaning: "where the agent answers probes; 15020. `0`: nowhere that anybody knows, and the sidecar has no probes of its own" },
  readinessInitialDelay: { name: "readiness.status.sidecar.istio.io/initialDelaySeconds", on: ["Pod"], value: "seconds", meaning: "of the sidecar's own readiness probe; 0" },
  readinessPeriod: { name: "readiness.status.sidecar.istio.io/periodSeconds", on: ["Pod"], value: "seconds", meaning: "15" },
  readinessFailureThreshold: { name: "readiness.status.sidecar.istio.io/failureThreshold", on: ["Pod"], value: "a number", meaning: "4" },
  mergeMetrics: { name: "prometheus.istio.io/merge-metrics", on: ["Pod"], value: "`true` or `false`", meaning: "whether the agent shows the app's metrics (`prometheus.io/scrape`, `port`, `path`) beside Envoy's, and Prometheus is sent to the agent" },

  transparentProxying: { name: "kuma.io/transparent-proxying", on: ["Pod"], label: true, value: "`enabled` or `disabled`", meaning: "`disabled`: nothing redirects the pod's connections" },
  interceptionMode: { name: "sidecar.istio.io/interceptionMode", on: ["Pod"], value: "`REDIRECT` or `NONE`", meaning: "`NONE`: the same" },
  inboundPort: { name: "kuma.io/transparent-proxying-inbound-port", on: ["Pod"], label: true, value: "a port", meaning: "where connections to the pod are redirected to; 15006" },
  outboundPort: { name: "kuma.io/transparent-proxying-outbound-port", on: ["Pod"], label: true, value: "a port", meaning: "where connections of the pod are redirected to; 15001" },
  ipFamilyMode: { name: "kuma.io/transparent-proxying-ip-family-mode", on: ["Pod"], label: true, value: "`ipv4`, `ipv6` or `dualstack`", meaning: "which of them are redirected; those of the pod's addresses when nothing is said" },
  excludeInboundPorts: { name: "traffic.kuma.io/exclude-inbound-ports", on: ["Pod"], value: "`9102,8000-8010`", meaning: "ports of the pod that are not redirected" },
  istioExcludeInboundPorts: { name: "traffic.sidecar.istio.io/excludeInboundPorts", on: ["Pod"], value: "`9102`", meaning: "the same; with both, what either names" },
  includeInboundPorts: { name: "traffic.sidecar.istio.io/includeInboundPorts", on: ["Pod"], value: "`*` or `8080,9090`", meaning: "ports of the pod that are redirected; all. Empty: none" },
  excludeOutboundPorts: { name: "traffic.kuma.io/exclude-outbound-ports", on: ["Pod"], value: "`5432`", meaning: "ports that the pod calls without the sidecar" },
  istioExcludeOutboundPorts: { name: "traffic.sidecar.istio.io/excludeOutboundPorts", on: ["Pod"], value: "`5432`", meaning: "the same; with both, what either names" },
  includeOutboundPorts: { name: "traffic.sidecar.istio.io/includeOutboundPorts", on: ["Pod"], value: "`443`", meaning: "ports that are redirected whatever the address" },
  excludeOutboundIps: { name: "traffic.kuma.io/exclude-outbound-ips", on: ["Pod"], value: "`10.1.0.0/16`", meaning: "addresses that the pod calls without the sidecar" },
  istioExcludeOutboundIps: { name: "traffic.sidecar.istio.io/excludeOutboundIPRanges", on: ["Pod"], value: "`10.1.0.0/16`", meaning: "the same; with both, what either names" },
  includeOutboundIps: { name: "traffic.sidecar.istio.io/includeOutboundIPRanges", on: ["Pod"], value: "`*` or `10.0.0.0/8`", meaning: "addresses to which connections are redirected; all. Empty: none" },

  status: { name: "sidecar.istio.io/status", on: ["Pod"], written: true, value: "JSON", meaning: "names of what was put in; `revision` is `probeplane`" },
  injected: { name: "kuma.io/sidecar-injected", on: ["Pod"], written: true, value: "`true`", meaning: "the pod has a sidecar" },
} as const satisfies Record<string, DescribedAnnotation>;
