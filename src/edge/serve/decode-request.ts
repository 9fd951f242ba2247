import { fromBinary } from "@bufbuild/protobuf";
import type { JsonObject } from "../../core/base/json.ts";
import type { Node } from "../../core/proto/envoy/config/core/v3/base_pb.ts";
import { DeltaDiscoveryRequestSchema, DiscoveryRequestSchema } from "../../core/proto/envoy/service/discovery/v3/discovery_pb.ts";
import type { DeltaRequest, SotwRequest } from "../../core/session/session.ts";

/** A request as a stream needs it: the node (id empty: not said) and what the session looks at. */
export interface Decoded<Request> {
  readonly nodeId: string;
  /** `node.metadata`, where the node is said; with the version of Envoy, when the bootstrap does not say it. */
  readonly metadata: JsonObject;
  readonly request: Request;
}

/** Envoy's node lists hundreds of extensions that nobody reads here. */
const readOptions = { readUnknownFields: false } as const;

/** Decodes a DiscoveryRequest. Throws when the bytes are none. */
export function decodeSotwRequest(bytes: Uint8Array): Decoded<SotwRequest> {
  const message = fromBinary(DiscoveryRequestSchema, bytes, readOptions);
  return {
    nodeId: message.node?.id ?? "",
    metadata: metadataOf(message.node),
    request: {
      typeUrl: message.typeUrl,
      versionInfo: message.versionInfo,
      responseNonce: message.responseNonce,
      resourceNames: message.resourceNames,
      ...(message.errorDetail === undefined ? {} : { error: message.errorDetail.message }),
    },
  };
}

/** Decodes a DeltaDiscoveryRequest. Throws when the bytes are none. */
export function decodeDeltaRequest(bytes: Uint8Array): Decoded<DeltaRequest> {
  const message = fromBinary(DeltaDiscoveryRequestSchema, bytes, readOptions);
  return {
    nodeId: message.node?.id ?? "",
    metadata: metadataOf(message.node),
    request: {
      typeUrl: message.typeUrl,
      responseNonce: message.responseNonce,
      subscribe: message.resourceNamesSubscribe,
      unsubscribe: message.resourceNamesUnsubscribe,
      initialVersions: new Map(Object.entries(message.initialResourceVersions)),
      ...(message.errorDetail === undefined ? {} : { error: message.errorDetail.message }),
    },
  };
}

function metadataOf(node: Node | undefined): JsonObject {
  const { metadata = {}, userAgentName, userAgentVersionType } = node ?? {};
  if (userAgentName !== "envoy" || Object.hasOwn(metadata, "version")) return metadata;
  const version = userAgentVersionType?.case === "userAgentBuildVersion" ? userAgentVersionType.value.version : undefined;
  if (version === undefined) return metadata;
  const { majorNumber, minorNumber, patch } = version;
  return { ...metadata, version: { envoy: { version: `${majorNumber}.${minorNumber}.${patch}` } } };
}
