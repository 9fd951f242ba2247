/**
 * What the container of the sidecar tells `probeplane agent`: the injector writes these variables, the agent reads them. Those that begin with
 * ISTIO_, and POD_NAME, POD_NAMESPACE and INSTANCE_IP, have the names and forms of Istio's sidecar. Each of the others is a flag of
 * `probeplane agent` as well.
 */
export const agentVariables = {
  /** Downward API `metadata.name`; the proxy is `<POD_NAME>.<POD_NAMESPACE>`. */
  podName: "POD_NAME",
  /** Downward API `metadata.namespace`. */
  podNamespace: "POD_NAMESPACE",
  /** Downward API `status.podIP`: where the app is probed. */
  podIp: "INSTANCE_IP",
  /** The app's own probes (`encodeProbers`). Absent: there are none. */
  probers: "ISTIO_KUBE_APP_PROBERS",
  /** Where the app has metrics of its own (`encodeAppMetrics`). Absent: nowhere. */
  appMetrics: "ISTIO_PROMETHEUS_ANNOTATIONS",
  /** Name of the mesh; default `default`. */
  mesh: "PROBEPLANE_MESH",
  /** `https://host:port` of the control plane's port for proxies. */
  controlPlane: "PROBEPLANE_CP_ADDRESS",
  /** PEM of the CAs that may have signed the control plane's certificate. */
  caCert: "PROBEPLANE_CA_CERT",
  /** The projected token; read anew whenever it is replaced. */
  tokenFile: "PROBEPLANE_TOKEN_FILE",
  /** Folder that the agent may write to: bootstrap, copy of the token, Envoy's admin socket. */
  workDir: "PROBEPLANE_WORK_DIR",
  /** Port of the agent's own server; default 15020. */
  statusPort: "PROBEPLANE_STATUS_PORT",
  /** How much Envoy logs; default `warning`. */
  envoyLogLevel: "PROBEPLANE_ENVOY_LOG_LEVEL",
  /** Worker threads of Envoy, at least 1. Absent: Envoy decides. */
  concurrency: "PROBEPLANE_CONCURRENCY",
  /** How long requests under way may take to end on SIGTERM, such as `25s`. */
  drainTime: "PROBEPLANE_DRAIN_TIME",
} as const;

/** Where the sidecar's container has the token, unless told otherwise. */
export const defaultTokenFile = "/var/run/secrets/probeplane/token";

/** Ports of the sidecar beside those of redirected connections: the field's. None of them is ever redirected. */
export const sidecarPorts = {
  /** The agent's server: the app's probes, metrics, readiness. */
  status: 15_020,
  /** Envoy's listener for the kubelet's probe of the sidecar itself: `/healthz/ready`. */
  health: 15_021,
  /** Envoy's own statistics: `/stats/prometheus`. */
  prometheus: 15_090,
} as const;
