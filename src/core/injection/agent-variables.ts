import { probersVariable } from "../probe/prober.ts";

/** Environment variables of the sidecar's container, by which `probeplane agent` knows what it is there for. Flags win over them. */
export const agentVariables = {
  /** From the downward API. */
  podName: "POD_NAME",
  podNamespace: "POD_NAMESPACE",
  /** `status.podIP` */
  podIp: "INSTANCE_IP",
  /** `status.podIPs`, with commas between. */
  podIps: "INSTANCE_IPS",
  /** The app's probes (Istio's name and shape); absent: none was rewritten. */
  probers: probersVariable,
  /** Where the app shows metrics: `{"scrape":"true","path":"/metrics","port":"8080"}`, all texts (Istio's name and shape); absent: nowhere. */
  appMetrics: "ISTIO_PROMETHEUS_ANNOTATIONS",
  /** Where the app listens, as the pod's annotation says it: `127.0.0.1`, `8080=127.0.0.1`; absent: at the pod's address. */
  appAddress: "PROBEPLANE_APP_ADDRESS",
  mesh: "PROBEPLANE_MESH",
  cpAddress: "PROBEPLANE_CP_ADDRESS",
  /** PEM, the text itself; absent: the CAs of the image. */
  caCert: "PROBEPLANE_CA_CERT",
  tokenFile: "PROBEPLANE_TOKEN_FILE",
  /** A folder that can be written. */
  workDir: "PROBEPLANE_WORK_DIR",
  statusPort: "PROBEPLANE_STATUS_PORT",
  envoyLogLevel: "PROBEPLANE_ENVOY_LOG_LEVEL",
  /** Absent: none. */
  envoyComponentLogLevel: "PROBEPLANE_ENVOY_COMPONENT_LOG_LEVEL",
  /** Envoy's threads, 0 for one for each core; absent: by `cpuLimit`. */
  concurrency: "PROBEPLANE_CONCURRENCY",
  /** `limits.cpu` of the container, rounded up to whole cores, from the downward API; absent: there is no limit. */
  cpuLimit: "PROBEPLANE_CPU_LIMIT",
  /** `30s` */
  drainTime: "PROBEPLANE_DRAIN_TIME",
  /** `5s`; absent: 2s. */
  minimumDrainTime: "PROBEPLANE_MINIMUM_DRAIN_TIME",
  /** Envoy's `--drain-time-s`: `45s`. */
  listenerDrainTime: "PROBEPLANE_LISTENER_DRAIN_TIME",
} as const;
