import type { JsonSchema } from "../base/json-schema.ts";

function kept(description: string): JsonSchema {
  return { type: "object", additionalProperties: true, description };
}

function text(description: string): JsonSchema {
  return { type: "string", description };
}

function port(description: string): JsonSchema {
  return { type: "integer", description };
}

function pairs(description: string): JsonSchema {
  return { type: "object", additionalProperties: { type: "string" }, description };
}

const inbound: Readonly<Record<string, JsonSchema>> = {
  port: port("Port on which the proxy listens, 1 to 65535. Required."),
  servicePort: port("The app's port, 1 to 65535. Default: `port`."),
  serviceAddress: text("The app's address. Default: the inbound's address."),
  address: text("Address on which the proxy listens. Default: `networking.address`."),
  tags: pairs("What this inbound is: `kuma.io/service` (required when there are tags), `kuma.io/protocol`, and any others."),
  name: text("Name by which a MeshService's targetPort can mean this inbound."),
  protocol: text("Protocol of the app: http, http2, grpc, tcp, tls, kafka or mysql, in any case. Used where the tag `kuma.io/protocol` is not there."),
  state: {
    type: "string",
    enum: ["Ready", "NotReady", "Ignored"],
    description: "Ready, NotReady or Ignored. Only a Ready inbound takes traffic. Default: Ready.",
  },
  health: {
    type: "object",
    description: "Health as the source of this Dataplane sees it. Present and not ready: takes no traffic.",
    properties: { ready: { type: "boolean", description: "True: ready. Default: false." } },
  },
  serviceProbe: kept("Probe of the local app by its own proxy. Accepted and kept; not acted on yet."),
};

const backendRef: JsonSchema = {
  type: "object",
  required: ["kind"],
  description: "The MeshService or MeshExternalService that this outbound leads to, by name or by labels. Either this or `tags`.",
  properties: {
    kind: text("MeshService or MeshExternalService."),
    name: text("Name of the service."),
    namespace: text("Kubernetes namespace of the service. Default: the Dataplane's own."),
    port: port("The service's port, 1 to 65535. Default: its only one."),
    labels: pairs("Labels that the service has to have, all of them. Instead of `name`."),
  },
};

const outbound: Readonly<Record<string, JsonSchema>> = {
  address: text("Address on which the proxy listens for its app. Default: 127.0.0.1."),
  port: port("Port on which the proxy listens for its app, 1 to 65535. Required."),
  tags: pairs("Names the destination by its tag `kuma.io/service`. Either this or `backendRef`."),
  backendRef,
};

const gateway: JsonSchema = {
  type: "object",
  description: "Present on a delegated gateway: a proxy beside one that takes traffic from outside the mesh.",
  properties: {
    tags: pairs("What this gateway is: `kuma.io/service` (required when there are tags), and any others."),
    type: { type: "string", enum: ["DELEGATED", "BUILTIN"], description: "DELEGATED. BUILTIN is refused: builtin gateways are not served. Default: DELEGATED." },
  },
};

const transparentProxying: JsonSchema = {
  type: "object",
  description:
    "Present where the kernel redirects connections to the proxy. The proxy then serves the MeshServices of its mesh at their VIPs, those without VIPs " +
    "at the addresses of their Dataplanes, and passes on what it does not know.",
  properties: {
    redirectPortInbound: port("Port to which connections to the app are redirected, 1 to 65535; usually 15006. Default: they are not redirected."),
    excludedInboundPorts: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 65535 },
      description:
        "Ports of inbounds at which connections are not redirected: the app itself answers there. The proxy does not serve them, and callers speak plain TCP to them. " +
        "Not one of Kuma's fields. Default: none.",
    },
    redirectPortOutbound: port("Port to which the app's own connections are redirected, 1 to 65535; usually 15001. Default: they are not redirected."),
    ipFamilyMode: {
      type: "string",
      enum: ["UnSpecified", "DualStack", "IPv4", "IPv6"],
      description: "Which connections are redirected: DualStack (IPv4 and IPv6), IPv4 or IPv6. UnSpecified is DualStack. Default: DualStack.",
    },
    reachableServices: {
      type: "array",
      items: { type: "string" },
      description:
        "Services that the app calls: `backend_demo_svc_80`, `backend_demo_svc`, `backend.demo`, or `backend` in the same namespace. Calls to others are " +
        "passed through. `*` is all services, an empty list none. Default: all services of the mesh.",
    },
    reachableBackends: kept("Services that the app calls, by reference. Accepted and kept; not acted on yet."),
    directAccessServices: { type: "array", items: { type: "string" }, description: "Accepted and kept; not acted on." },
  },
};

const networking: JsonSchema = {
  type: "object",
  description: "Where the proxy listens, which app stands behind it, whom the app calls.",
  properties: {
    address: text("IP address or DNS name under which other proxies reach this one; not 0.0.0.0. Required."),
    advertisedAddress: text("Address that other proxies use instead of `address`. Accepted and kept; not acted on yet."),
    gateway,
    inbound: { type: "array", description: "Ports on which the proxy takes traffic for its app.", items: { type: "object", required: ["port"], properties: inbound } },
    outbound: { type: "array", description: "Services that the app calls, and where.", items: { type: "object", required: ["port"], properties: outbound } },
    listeners: { type: "array", description: "Zone proxies' listeners. Accepted and kept; not acted on.", items: { type: "object", additionalProperties: true } },
    transparentProxying,
    admin: {
      type: "object",
      description: "Envoy's admin API.",
      properties: { port: port("Port of Envoy's admin API, 1 to 65535.") },
    },
  },
};

/** Dataplane: fields as in Kuma 2.14. */
export const dataplaneSchema: JsonSchema = {
  type: "object",
  required: ["networking"],
  description: "A proxy: where it listens, which app stands behind it, whom the app calls.",
  properties: {
    networking,
    metrics: kept("Metrics of this proxy. Accepted and kept; not acted on."),
    probes: kept("Kuma's virtual probes. Accepted and kept; not acted on."),
  },
};
