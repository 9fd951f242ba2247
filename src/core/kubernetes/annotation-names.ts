/** Labels and annotations on Kubernetes' own objects that say what of them the mesh is; the names are Kuma's. */
export const annotationNames = {
  /** On a Pod or its Namespace: `enabled` or `disabled`. */
  injection: "kuma.io/sidecar-injection",
  /** On a Pod, a Service or a Namespace: the name of the mesh. */
  mesh: "kuma.io/mesh",
  /** On a Pod: `enabled` for a gateway that takes traffic from outside by itself. */
  gateway: "kuma.io/gateway",
  /** On a Service: `true` keeps it out of the mesh. */
  ignore: "kuma.io/ignore",
  /** On a Pod: the port of Envoy's admin interface. */
  adminPort: "kuma.io/envoy-admin-port",
  /** On a Pod: `disabled` when nothing redirects its connections. */
  transparentProxying: "kuma.io/transparent-proxying",
  inboundPort: "kuma.io/transparent-proxying-inbound-port",
  outboundPort: "kuma.io/transparent-proxying-outbound-port",
  /** `ipv4`, `ipv6` or `dualstack`. */
  ipFamilyMode: "kuma.io/transparent-proxying-ip-family-mode",
  /** Names of services, with commas between; `*` for all. */
  reachableServices: "kuma.io/transparent-proxying-reachable-services",
} as const;

/** The annotation of a Service that says what is spoken on one of its ports; it counts more than `appProtocol`. */
export function protocolAnnotation(port: number): string {
  return `${port}.service.kuma.io/protocol`;
}
