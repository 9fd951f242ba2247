import assert from "node:assert/strict";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { DeltaDiscoveryResponseSchema, DiscoveryResponseSchema } from "../../core/proto/envoy/service/discovery/v3/discovery_pb.ts";
import type { SessionMessage } from "../../core/session/session.ts";
import { encodeDeltaResponse, encodeSotwResponse } from "./encode-response.ts";
import type { ResponseBytes } from "./response-bytes.ts";

const resources = fc.array(
  fc.record({ name: fc.string({ unit: "grapheme" }), version: fc.string(), bytes: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 8 },
);

const messages: fc.Arbitrary<SessionMessage> = fc.record({
  typeUrl: fc.string({ maxLength: 200 }),
  versionInfo: fc.string(),
  nonce: fc.string(),
  removed: fc.array(fc.string({ unit: "grapheme" })),
  resources: resources.map((list) =>
    list.map(({ name, version, bytes }) => ({
      name,
      version,
      byteLength: bytes.length,
      writeTo: (target: Uint8Array, offset: number) => target.set(bytes, offset),
      madeFrom: [],
    })),
  ),
});

function valueOf(resource: SessionMessage["resources"][number]): Uint8Array {
  const bytes = new Uint8Array(resource.byteLength);
  resource.writeTo(bytes, 0);
  return bytes;
}

/** As grpc-js takes it: behind the five bytes of a frame's header, in memory that had something else in it. */
function written(response: ResponseBytes): Buffer {
  const frame = Buffer.alloc(5 + response.byteLength, 0xff);
  assert.equal(response.copy(frame, 5), response.byteLength);
  return frame.subarray(5);
}

describe("responses on the wire", () => {
  it("of the state of the world are what the generated decoder reads and the generated encoder would write", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = written(encodeSotwResponse(message));
        const decoded = fromBinary(DiscoveryResponseSchema, bytes);
        assert.equal(decoded.typeUrl, message.typeUrl);
        assert.equal(decoded.versionInfo, message.versionInfo);
        assert.equal(decoded.nonce, message.nonce);
        assert.deepEqual(decoded.resources.map((any) => [any.typeUrl, [...any.value]]), message.resources.map((r) => [message.typeUrl, [...valueOf(r)]]));
        assert.deepEqual([...toBinary(DiscoveryResponseSchema, decoded)], [...bytes]);
      }),
    );
  });

  it("of delta are what the generated decoder reads and the generated encoder would write", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = written(encodeDeltaResponse(message));
        const decoded = fromBinary(DeltaDiscoveryResponseSchema, bytes);
        assert.equal(decoded.systemVersionInfo, message.versionInfo);
        assert.deepEqual(decoded.removedResources, message.removed);
        assert.deepEqual(
          decoded.resources.map((r) => [r.name, r.version, r.resource?.typeUrl, [...(r.resource?.value ?? [])]]),
          message.resources.map((r) => [r.name, r.version, message.typeUrl, [...valueOf(r)]]),
        );
        assert.deepEqual([...toBinary(DeltaDiscoveryResponseSchema, decoded)], [...bytes]);
      }),
    );
  });
});
