import assert from "node:assert/strict";
import { isIpv6 } from "./valid-address.ts";
import { validateDataplane } from "./validate-dataplane.ts";

function told(networking: object): string[] {
  return validateDataplane({ networking: { address: "10.0.0.1", ...networking } }).map(({ path, message }) => `${path}: ${message}`);
}

const service = { "kuma.io/service": "web" };

describe("validateDataplane", () => {
  it("takes what Kuma's users write", () => {
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({ address: "web.default.svc.cluster.local" }), []);
    assert.deepEqual(told({ address: "fd00::1" }), []);
    assert.deepEqual(told({ inbound: [{ port: 80, servicePort: 8080, serviceAddress: "127.0.0.1", tags: { ...service, "kuma.io/protocol": "GRPC" } }] }), []);
    assert.deepEqual(told({ inbound: [{ port: 80, protocol: "http" }, { port: 81, tags: {} }] }), []);
    assert.deepEqual(told({ outbound: [{ port: 1, tags: service }, { port: 2, backendRef: { kind: "MeshService", name: "b", port: 80 } }] }), []);
    assert.deepEqual(told({ gateway: { type: "DELEGATED", tags: service } }), []);
    assert.deepEqual(told({ inbound: [{ port: 80 }], transparentProxying: { redirectPortInbound: 15006, redirectPortOutbound: 15001, reachableServices: [] } }), []);
    assert.deepEqual(told({ transparentProxying: { redirectPortInbound: 0, redirectPortOutbound: 15001 } }), []);
    assert.deepEqual(told({ inbound: [{ port: 80, address: "10.0.0.1" }, { port: 80, address: "10.0.0.2" }], admin: { port: 9901 } }), []);
  });

  for (const [networking, expected] of [
    [{ address: "" }, ["networking.address: address can't be empty"]],
    [{ address: undefined }, ["networking.address: address can't be empty"]],
    [{ address: "0.0.0.0" }, ["networking.address: must not be 0.0.0.0 or ::"]],
    [{ address: "..>_<.." }, ["networking.address: address has to be valid IP address or domain name"]],
    [{ address: "10.0.0.256" }, ["networking.address: address has to be valid IP address or domain name"]],
    [{ gateway: { type: "BUILTIN", tags: service } }, ["networking.gateway.type: BUILTIN is not supported: builtin gateways are not served"]],
    [{ gateway: { tags: { a: "b" } } }, ['networking.gateway.tags["kuma.io/service"]: tag has to exist']],
    [
      { inbound: [{ port: 0, servicePort: 65536 }] },
      ["networking.inbound[0].port: port must be in the range [1, 65535]", "networking.inbound[0].servicePort: port must be in the range [1, 65535]"],
    ],
    [{ inbound: [{ port: 1, tags: { version: "v1" } }] }, ['networking.inbound[0].tags["kuma.io/service"]: tag has to exist']],
    [
      { inbound: [{ port: 1, tags: { "kuma.io/service": "", "a b": "c d" } }] },
      [
        'networking.inbound[0].tags["kuma.io/service"]: tag value must be non-empty',
        'networking.inbound[0].tags["a b"]: tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores',
        'networking.inbound[0].tags["a b"]: tag value must consist of alphanumeric characters, dots, dashes and underscores',
      ],
    ],
    [
      { inbound: [{ port: 1, protocol: "gopher" }] },
      ['networking.inbound[0].protocol: has an invalid value "gopher". Allowed values: grpc, http, http2, kafka, mysql, tcp, tls'],
    ],
    [
      { inbound: [{ port: 1, tags: { ...service, "kuma.io/protocol": "gopher" } }] },
      ['networking.inbound[0].tags["kuma.io/protocol"]: has an invalid value "gopher". Allowed values: grpc, http, http2, kafka, mysql, tcp, tls'],
    ],
    [
      { inbound: [{ port: 15006 }], transparentProxying: { redirectPortInbound: 15006, redirectPortOutbound: 15006 } },
      [
        "networking.transparentProxying.redirectPortOutbound: must differ from redirectPortInbound",
        "networking.inbound[0].port: connections are redirected to port 15006, so that nothing else can listen there",
      ],
    ],
    [
      { transparentProxying: { redirectPortInbound: 65536 } },
      ["networking.transparentProxying.redirectPortInbound: port must be in the range [1, 65535]"],
    ],
    [{ outbound: [{ port: 1 }] }, ["networking.outbound[0]: must have exactly one defined: tags, backendRef"]],
    [
      { outbound: [{ port: 1, tags: service, backendRef: { kind: "MeshService", name: "b" } }] },
      ["networking.outbound[0]: must have exactly one defined: tags, backendRef"],
    ],
    [
      { outbound: [{ port: 1, backendRef: { kind: "MeshMultiZoneService", port: 70000 } }] },
      [
        "networking.outbound[0].backendRef.port: port must be in the range [1, 65535]",
        "networking.outbound[0].backendRef.kind: value 'MeshMultiZoneService' is not supported",
        "networking.outbound[0].backendRef: name or labels must be set when kind is MeshMultiZoneService",
      ],
    ],
    [{ inbound: [{ port: 1 }, { port: 1, address: "10.0.0.1" }] }, ["networking.inbound[1]: 10.0.0.1:1 is already used by networking.inbound[0]"]],
    [
      { outbound: [{ port: 1, tags: service }, { port: 1, address: "127.0.0.1", tags: service }] },
      ["networking.outbound[1]: 127.0.0.1:1 is already used by networking.outbound[0]"],
    ],
    [{ admin: { port: 70000 } }, ["networking.admin.port: port must be in the range [1, 65535]"]],
  ] as const) {
    it(`refuses ${JSON.stringify(networking)}`, () => assert.deepEqual(told(networking), expected));
  }

  it("passes over what the schema has to report", () => {
    for (const spec of [null, 3, {}, { networking: 3 }, { networking: { address: 3, inbound: [3, null], outbound: "x", gateway: [] } }]) {
      assert.deepEqual(validateDataplane(spec), []);
    }
  });
});

describe("isIpv6", () => {
  for (const text of ["::1", "fd00::1", "2001:db8:0:0:0:0:0:1", "::ffff:10.0.0.1", "1::"]) it(`knows ${text}`, () => assert.ok(isIpv6(text)));
  for (const text of ["", "1", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::"]) it(`refuses ${JSON.stringify(text)}`, () => assert.ok(!isIpv6(text)));
});
