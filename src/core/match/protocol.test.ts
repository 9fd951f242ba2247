import assert from "node:assert/strict";
import fc from "fast-check";
import type { Protocol } from "../model/plan.ts";
import { inboundProtocol, parseProtocol, sharedProtocol, trafficTo } from "./protocol.ts";

describe("protocol", () => {
  const cases: readonly (readonly [readonly Protocol[], Protocol])[] = [
    [[], "unknown"],
    [["http"], "http"],
    [["http", "http"], "http"],
    [["grpc", "http2"], "http2"],
    [["grpc", "http"], "tcp"],
    [["http2", "http"], "tcp"],
    [["http", "tcp"], "tcp"],
    [["kafka", "tls"], "tcp"],
    [["tls", "tls"], "tls"],
    [["mysql", "mysql"], "mysql"],
    [["mysql", "tcp"], "unknown"],
    [["http", "http", "unknown"], "unknown"],
    [["unknown", "unknown"], "unknown"],
  ];
  for (const [protocols, expected] of cases) {
    it(`shared by [${protocols.join(", ")}] is ${expected}`, () => assert.equal(sharedProtocol(protocols), expected));
  }

  it("does not depend on the order of the endpoints", () => {
    const protocol = fc.constantFrom<Protocol>("http", "http2", "grpc", "tcp", "tls", "kafka", "mysql", "unknown");
    fc.assert(fc.property(fc.array(protocol, { maxLength: 5 }), (protocols) => {
      assert.equal(sharedProtocol(protocols), sharedProtocol(protocols.toReversed()));
    }));
  });

  it("reads names in any case and takes the tag before the field", () => {
    assert.equal(parseProtocol("HTTP2"), "http2");
    assert.equal(parseProtocol("gopher"), "unknown");
    assert.equal(inboundProtocol({ port: 80, protocol: "tcp", tags: { "kuma.io/protocol": "http" } }), "http");
    assert.equal(inboundProtocol({ port: 80, protocol: "grpc", tags: { "kuma.io/service": "a" } }), "grpc");
    assert.equal(inboundProtocol({ port: 80 }), "unknown");
  });

  it("speaks HTTP/2 between proxies for everything that is HTTP", () => {
    assert.deepEqual(trafficTo({ protocol: "http" }), { protocol: "http", httpVersion: 2 });
    assert.deepEqual(trafficTo({ protocol: "grpc" }), { protocol: "grpc", httpVersion: 2 });
    assert.deepEqual(trafficTo({ protocol: "tcp" }), { protocol: "tcp" });
    assert.deepEqual(trafficTo({ protocol: "unknown" }), { protocol: "unknown" });
  });

  it("speaks to a service outside the mesh what it speaks itself", () => {
    const external = { service: "api" };
    assert.deepEqual(trafficTo({ protocol: "http", external }), { protocol: "http", httpVersion: 1, external: true });
    assert.deepEqual(trafficTo({ protocol: "http2", external }), { protocol: "http2", httpVersion: 2, external: true });
    assert.deepEqual(trafficTo({ protocol: "grpc", external }), { protocol: "grpc", httpVersion: 2, external: true });
    assert.deepEqual(trafficTo({ protocol: "tcp", external }), { protocol: "tcp", external: true });
  });
});
