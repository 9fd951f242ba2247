import assert from "node:assert/strict";
import { create, toBinary } from "@bufbuild/protobuf";
import { DiscoveryRequestSchema } from "../../core/proto/envoy/service/discovery/v3/discovery_pb.ts";
import { decodeSotwRequest } from "./decode-request.ts";

const build = { case: "userAgentBuildVersion" as const, value: { version: { majorNumber: 1, minorNumber: 40, patch: 2 } } };

function metadataOf(node: object): unknown {
  return decodeSotwRequest(toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, { node }))).metadata;
}

describe("what a node says of itself", () => {
  it("has Envoy's version, from its user agent where the bootstrap does not say it", () => {
    assert.deepEqual(metadataOf({ id: "m.p", userAgentName: "envoy", userAgentVersionType: build }), { version: { envoy: { version: "1.40.2" } } });
    const said = { version: { envoy: { version: "1.39.0" } } };
    assert.deepEqual(metadataOf({ id: "m.p", userAgentName: "envoy", userAgentVersionType: build, metadata: said }), said);
  });

  it("has none of another client, nor where there is no node", () => {
    assert.deepEqual(metadataOf({ id: "m.p", userAgentName: "grpc-js", userAgentVersionType: build }), {});
    assert.deepEqual(decodeSotwRequest(toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, {}))).metadata, {});
  });
});
