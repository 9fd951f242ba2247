import assert from "node:assert/strict";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { decodeResource, encode } from "./encode.ts";
import { typeUrls } from "./snapshot.ts";

describe("encode", () => {
  const mistakes: readonly (readonly [what: string, cluster: Parameters<typeof encode>[1]])[] = [
    ["a field that does not exist", { name: "a", connectTimout: "5s" }],
    ["a number where text belongs", { name: 1 }],
    ["a duration in Go's form", { connectTimeout: "1m30s" }],
    ["an enum value that does not exist", { type: "EDSS" }],
    ["two of which only one may be set", { type: "EDS", healthChecks: [{ tcpHealthCheck: {}, grpcHealthCheck: {} }] }],
    ["a type in an Any that is not known", { typedExtensionProtocolOptions: { a: { "@type": "type.googleapis.com/a.B" } } }],
  ];
  for (const [what, cluster] of mistakes) {
    it(`throws for ${what}`, () => { assert.throws(() => encode(ClusterSchema, cluster)); });
  }
});

describe("decodeResource", () => {
  it("throws for a type that is not served", () => {
    assert.throws(() => decodeResource("type.googleapis.com/a.B", new Uint8Array()), /no such resource type: type.googleapis.com\/a.B/);
  });

  it("throws for bytes that are no message", () => {
    assert.throws(() => decodeResource(typeUrls.cluster, Uint8Array.of(0x0a, 0x05, 0x61)));
  });
});
