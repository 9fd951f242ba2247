/** Labels and tags with a meaning of their own; the names are Kuma's. */
export const labelNames = {
  /** `shadow`: planned, but not applied. */
  effect: "kuma.io/effect",
  /** `global` or `zone`: where the resource was made. */
  origin: "kuma.io/origin",
  /** `system`, `producer`, `consumer` or `workload-owner`. */
  policyRole: "kuma.io/policy-role",
  zone: "kuma.io/zone",
  mesh: "kuma.io/mesh",
  env: "kuma.io/env",
  proxyType: "kuma.io/proxy-type",
  displayName: "kuma.io/display-name",
  namespace: "k8s.kuma.io/namespace",
  /** `direct`: a Dataplane that came with its proxy and goes with it. */
  lifecycle: "probeplane.io/lifecycle",
  /** The control plane that such a Dataplane's proxy is connected to. */
  heldBy: "probeplane.io/held-by",
  /** Also a tag of inbounds and outbounds. */
  service: "kuma.io/service",
  /** Also a tag of inbounds. */
  protocol: "kuma.io/protocol",
} as const;
