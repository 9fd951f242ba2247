import assert from "node:assert/strict";
import { serviceObject } from "../../../test/kit/kube-objects.ts";
import type { ServiceParts } from "../../../test/kit/kube-objects.ts";
import { deriveMeshService } from "./derive-mesh-service.ts";
import { trimService } from "./service.ts";

function protocol(port: { readonly appProtocol?: string }, annotation?: string): string | undefined {
  const annotations = annotation === undefined ? {} : { annotations: { "80.service.kuma.io/protocol": annotation } };
  return deriveMeshService(serviceObject("shop", "web", { ports: [{ port: 80, ...port }], ...annotations }), "default").spec.ports?.[0]?.appProtocol;
}

describe("the MeshService of a Service", () => {
  it("has its ports and addresses, and finds its Dataplanes by the tags of their inbounds", () => {
    const parts: ServiceParts = {
      labels: { team: "a" },
      addresses: ["10.96.0.7", "fd00::7"],
      ports: [{ port: 80, targetPort: "http", name: "web", appProtocol: "http2" }, { port: 53, protocol: "UDP" }, { port: 9000 }],
    };
    const found = deriveMeshService(serviceObject("shop", "web", parts), "default");
    assert.deepEqual(found.spec, {
      selector: { dataplaneTags: { "k8s.kuma.io/namespace": "shop", "k8s.kuma.io/service-name": "web" } },
      ports: [{ port: 80, targetPort: "http", name: "web", appProtocol: "http2" }, { port: 9000, targetPort: 9000, appProtocol: "tcp" }],
      vips: [{ ip: "10.96.0.7" }, { ip: "fd00::7" }],
    });
    assert.deepEqual([found.name, found.labels["kuma.io/display-name"], found.labels["k8s.kuma.io/namespace"], found.labels["team"]], ["web.shop", "web", "shop", "a"]);
    assert.deepEqual(deriveMeshService(trimService(serviceObject("shop", "web", parts)), "default"), found);
  });

  it("has no address when it is headless, and says so", () => {
    const headless = deriveMeshService(serviceObject("shop", "db", { addresses: [] }), "default");
    assert.equal(headless.spec.vips, undefined);
    assert.equal(headless.labels["k8s.kuma.io/is-headless-service"], "true");
  });

  it("speaks what the annotation says, else appProtocol, in any of the names that there are for it; else TCP", () => {
    assert.equal(protocol({ appProtocol: "http" }, "grpc"), "grpc");
    assert.equal(protocol({ appProtocol: "HTTP" }), "http");
    assert.equal(protocol({ appProtocol: "kubernetes.io/h2c" }), "http2");
    assert.equal(protocol({ appProtocol: "kubernetes.io/ws" }), "http");
    assert.equal(protocol({ appProtocol: "https" }), "tls");
    assert.equal(protocol({ appProtocol: "kafka" }), "kafka");
    assert.equal(protocol({ appProtocol: "redis" }), "tcp");
    assert.equal(protocol({}), "tcp");
    assert.equal(protocol({}, "htpp"), "tcp");
  });
});
