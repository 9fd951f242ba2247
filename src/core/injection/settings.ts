import type { JsonObject } from "../base/json.ts";
import { defaultRedirect, type RedirectSettings } from "../redirect/settings.ts";

/** What a sidecar is made of. The control plane knows some of it itself, the rest is people's to set (`readInjectionSettings`). */
export interface InjectionSettings {
  /** Name of the sidecar's container: the one that guides and tools of the field know. */
  readonly sidecarName: string;
  /** Name of the init container that redirects. */
  readonly initName: string;
  /** Image with Envoy, the agent and iptables, as `registry/name:tag`. */
  readonly image: string;
  /** Image of the init container; undefined: that of the sidecar. */
  readonly initImage: string | undefined;
  readonly imagePullPolicy: ImagePullPolicy | undefined;
  /** Names of Secrets that are added to the pod's own. */
  readonly imagePullSecrets: readonly string[];
  /** `requests` and `limits` of the sidecar, as Kubernetes has them. */
  readonly resources: JsonObject;
  readonly initResources: JsonObject;
  /** How much Envoy logs: `warning`. */
  readonly logLevel: LogLevel;
  /** Levels of Envoy's components: `http:debug,upstream:info`; empty: none of their own. */
  readonly componentLogLevel: string;
  /** Envoy's threads; 0: one for each core. Undefined: by the sidecar's CPU limit. */
  readonly concurrency: number | undefined;
  /** Hold the sidecar as an init container that goes on running (Kubernetes 1.29 and later). */
  readonly native: boolean;
  /** Start the other containers once Envoy is ready. A native sidecar does so in any case. */
  readonly holdApplication: boolean;
  /** How long requests under way may take once the pod is to end: `30s`. */
  readonly drainTime: string;
  /** For so long it takes connections then, however idle it is, because callers learn late that it goes: `5s`. */
  readonly minimumDrainTime: string;
  /** How long Envoy lets connections end by themselves when one of its listeners changes: `45s`. */
  readonly listenerDrainTime: string;
  /** Where the control plane serves proxies: `https://probeplane.probeplane-system.svc:5678`. */
  readonly controlPlaneUrl: string;
  /** PEM with which the agent verifies it; empty: by the CAs of the image. */
  readonly caCertPem: string;
  /** Audience of the pod's token. */
  readonly tokenAudience: string;
  /** Port of the agent: probes, metrics. */
  readonly statusPort: number;
  /** Probes of the app go through the agent, unless the pod says otherwise. */
  readonly rewriteAppHTTPProbe: boolean;
  /** The metrics of the app are shown beside Envoy's, unless the pod says otherwise. */
  readonly mergeMetrics: boolean;
  /** Pods get a sidecar where neither they nor their namespace say a word. */
  readonly enableNamespacesByDefault: boolean;
  readonly readiness: ProbeNumbers;
  /** Undefined: the sidecar has no startup probe. */
  readonly startup: ProbeNumbers | undefined;
  readonly redirect: InjectedRedirect;
  /** Further environment variables of the sidecar. */
  readonly sidecarEnv: Readonly<Record<string, string>>;
  /** Annotations that every pod with a sidecar gets, where it has none of that name. */
  readonly injectedAnnotations: Readonly<Record<string, string>>;
}

/** What is redirected. Without a family mode: the families of the pod's addresses. */
export type InjectedRedirect = Omit<RedirectSettings, "statusPort" | "proxyUid" | "proxyGid" | "ipFamilyMode"> & Partial<Pick<RedirectSettings, "ipFamilyMode">>;

export type ImagePullPolicy = "Always" | "IfNotPresent" | "Never";

export type LogLevel = (typeof logLevels)[number];

/** Envoy's own. */
export const logLevels = ["trace", "debug", "info", "warning", "error", "critical", "off"] as const;

/** Of a probe that the kubelet does on the sidecar itself. */
export interface ProbeNumbers {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** User and group of the sidecar; the redirection knows its connections by them. */
export const proxyUser = defaultRedirect.proxyUid;

/** Istio's numbers and names, where Istio has the setting. */
export const defaultInjectionSettings: InjectionSettings = Object.freeze({
  sidecarName: "istio-proxy",
  initName: "istio-init",
  image: "probeplane-sidecar",
  initImage: undefined,
  imagePullPolicy: undefined,
  imagePullSecrets: Object.freeze([]),
  resources: Object.freeze({
    requests: Object.freeze({ cpu: "100m", memory: "128Mi" }),
    limits: Object.freeze({ cpu: "2000m", memory: "1024Mi" }),
  }),
  initResources: Object.freeze({
    requests: Object.freeze({ cpu: "10m", memory: "64Mi" }),
    limits: Object.freeze({ cpu: "500m", memory: "256Mi" }),
  }),
  logLevel: "warning",
  componentLogLevel: "",
  concurrency: undefined,
  native: false,
  holdApplication: false,
  drainTime: "30s",
  minimumDrainTime: "5s",
  listenerDrainTime: "45s",
  controlPlaneUrl: "https://probeplane.probeplane-system.svc:5678",
  caCertPem: "",
  tokenAudience: "probeplane",
  statusPort: 15_020,
  rewriteAppHTTPProbe: true,
  mergeMetrics: true,
  enableNamespacesByDefault: false,
  readiness: Object.freeze({ initialDelaySeconds: 0, periodSeconds: 15, timeoutSeconds: 3, failureThreshold: 4 }),
  startup: Object.freeze({ initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 }),
  redirect: Object.freeze({
    inboundPort: defaultRedirect.inboundPort,
    outboundPort: defaultRedirect.outboundPort,
    includeInboundPorts: defaultRedirect.includeInboundPorts,
    excludeInboundPorts: defaultRedirect.excludeInboundPorts,
    includeOutboundCidrs: defaultRedirect.includeOutboundCidrs,
    includeOutboundPorts: defaultRedirect.includeOutboundPorts,
    excludeOutboundPorts: defaultRedirect.excludeOutboundPorts,
    excludeOutboundCidrs: defaultRedirect.excludeOutboundCidrs,
  }),
  sidecarEnv: Object.freeze({}),
  injectedAnnotations: Object.freeze({}),
});
