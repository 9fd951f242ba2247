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
  /** Also a tag of inbounds: the Kubernetes Service that they, or a MeshService, were derived from. */
  kubeService: "k8s.kuma.io/service-name",
  /** A tag of inbounds: the port of that Service. */
  kubeServicePort: "k8s.kuma.io/service-port",
  /** `true` on a MeshService derived from a Service without an address of its own. */
  headless: "k8s.kuma.io/is-headless-service",
  /** `direct`: a Dataplane that came with its proxy and goes with it. */
  lifecycle: "probeplane.io/lifecycle",
  /** The control plane that such a Dataplane's proxy is connected to. */
  heldBy: "probeplane.io/held-by",
  /** Names a proxy whose inbounds have no service tag. */
  workload: "kuma.io/workload",
  /** Also a tag of inbounds and outbounds. */
  service: "kuma.io/service",
  /** Also a tag of inbounds. */
  protocol: "kuma.io/protocol",
} as const;
