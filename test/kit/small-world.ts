import type { Resource } from "../../src/core/model/resource.ts";
import { withStoreLabels } from "../../src/core/model/store-labels.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";

/** The resource that a document says, as a store would hold it. Throws with all violations. */
export function resource(document: object): Resource {
  const result = parseResource(document);
  if (!result.ok) {
    throw new Error(result.violations.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  }
  return withStoreLabels(result.resource);
}

export function dataplane(name: string, spec: { inbound?: readonly object[]; outbound?: readonly object[]; address?: string }): Resource {
  return resource({ type: "Dataplane", mesh: "default", name, networking: { address: "10.0.0.1", ...spec } });
}

/** A Dataplane that offers one service. */
export function provider(name: string, service: string, protocol: string, address: string): Resource {
  return dataplane(name, { address, inbound: [{ port: 8080, servicePort: 80, tags: { "kuma.io/service": service, "kuma.io/protocol": protocol } }] });
}

/** `web`, which calls `backend` (http, two replicas), `cache` (tcp) and `payment` (grpc). */
export function smallWorld(): readonly Resource[] {
  const outbound = ["backend", "cache", "payment"].map((service, at) => ({ port: 20_000 + at, tags: { "kuma.io/service": service } }));
  return [
    resource({ type: "Mesh", name: "default" }),
    dataplane("web", { inbound: [{ port: 8080, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound }),
    provider("backend-1", "backend", "http", "10.0.1.1"),
    provider("backend-2", "backend", "http", "10.0.1.2"),
    provider("cache-1", "cache", "tcp", "10.0.2.1"),
    provider("payment-1", "payment", "grpc", "10.0.3.1"),
  ];
}

/** A MeshHealthCheck on everything, with this conf. */
export function healthCheck(name: string, conf: object, spec: object = {}): Resource {
  return resource({
    type: "MeshHealthCheck", mesh: "default", name,
    spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }], ...spec },
  });
}
