import assert from "node:assert/strict";
import fc from "fast-check";
import type { Protocol } from "../model/plan.ts";
import { hopHttpVersion, inboundProtocol, parseProtocol, sharedProtocol } from "./protocol.ts";

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
    assert.equal(hopHttpVersion("http"), 2);
    assert.equal(hopHttpVersion("grpc"), 2);
    assert.equal(hopHttpVersion("tcp"), undefined);
    assert.equal(hopHttpVersion("unknown"), undefined);
  });
});
