/** Annotations on a pod that say how its probes are rewritten; the names are Istio's. */
export const probeAnnotations = {
  /** `true` or `false`: beats what is set for all pods. */
  rewriteProbers: "sidecar.istio.io/rewriteAppHTTPProbers",
  /** The port of the agent; 0 for none. */
  statusPort: "status.sidecar.istio.io/port",
} as const;
