import { stringify } from "yaml";

/** An example of the policy's documentation (Kong Mesh 2.2), and the check that it means. */
export interface DocumentedExample {
  readonly title: string;
  readonly name: string;
  readonly caller: string;
  readonly callee: string;
  /** Protocol of the callee. */
  readonly protocol: string;
  readonly conf: Readonly<Record<string, unknown>>;
  /** The one entry of Envoy's `health_checks`, without the sender's tags. */
  readonly healthCheck: Readonly<Record<string, unknown>>;
}

const common = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1 };
const range = (start: number, end: number) => ({ start: String(start), end: String(end) });

export const documentedExamples: readonly DocumentedExample[] = [
  {
    title: "HTTP",
    name: "web-to-backend-check",
    caller: "web",
    callee: "backend",
    protocol: "http",
    conf: { ...common, http: { path: "/health", expectedStatuses: [200, 201] } },
    healthCheck: {
      ...common,
      httpHealthCheck: {
        path: "/health",
        requestHeadersToAdd: [{ header: { key: "x-kuma-tags", value: "&kuma.io/protocol=http&&kuma.io/service=web&" } }],
        expectedStatuses: [range(200, 201), range(201, 202)],
        retriableStatuses: [range(100, 600)],
        codecClientType: "HTTP2",
      },
    },
  },
  {
    title: "protocol fallback",
    name: "web-to-backend-check",
    caller: "web",
    callee: "backend",
    protocol: "http",
    conf: { ...common, tcp: {}, http: { disabled: true } },
    healthCheck: { ...common, tcpHealthCheck: {} },
  },
  {
    title: "gRPC",
    name: "cart-to-payment-check",
    caller: "cart",
    callee: "payment",
    protocol: "grpc",
    conf: { interval: "15s", timeout: "5s", unhealthyThreshold: 3, healthyThreshold: 2, grpc: { serviceName: "grpc.health.v1.CustomHealth" } },
    healthCheck: {
      interval: "15s",
      timeout: "5s",
      unhealthyThreshold: 3,
      healthyThreshold: 2,
      grpcHealthCheck: { serviceName: "grpc.health.v1.CustomHealth" },
    },
  },
];

/** The policy as it is documented. */
export function examplePolicy({ name, caller, callee, conf }: Pick<DocumentedExample, "name" | "caller" | "callee" | "conf">, form: "universal" | "kubernetes"): object {
  const spec = { targetRef: { kind: "MeshService", name: caller }, to: [{ targetRef: { kind: "MeshService", name: callee }, default: conf }] };
  const meta = { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name, namespace: "kong-mesh-system" } };
  return form === "universal" ? { type: "MeshHealthCheck", name, mesh: "default", spec } : { ...meta, spec };
}

/** The policy with a caller and a callee around it, in one file. */
export function exampleFile(example: DocumentedExample, form: "universal" | "kubernetes"): string {
  const { caller, callee, protocol } = example;
  const outbound = [{ port: 10001, tags: { "kuma.io/service": callee } }];
  const documents = [examplePolicy(example, form), dataplane(caller, "127.0.0.2", "http", outbound), dataplane(callee, "127.0.0.3", protocol, [])];
  return documents.map((document) => stringify(document)).join("---\n");
}

function dataplane(service: string, address: string, protocol: string, outbound: readonly object[]): object {
  const tags = { "kuma.io/service": service, "kuma.io/protocol": protocol };
  return { type: "Dataplane", mesh: "default", name: `${service}-1`, networking: { address, inbound: [{ port: 9000, servicePort: 9001, tags }], outbound } };
}
