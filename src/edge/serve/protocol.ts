import type { JsonObject } from "../../core/base/json.ts";
import { createDeltaSession } from "../../core/session/delta-session.ts";
import { createSotwSession } from "../../core/session/sotw-session.ts";
import type { Session, SessionEvent, SessionMessage } from "../../core/session/session.ts";
import type { Confirmation, Variant } from "./ads-metrics.ts";
import { decodeDeltaRequest, decodeSotwRequest } from "./decode-request.ts";
import { encodeDeltaResponse, encodeSotwResponse } from "./encode-response.ts";
import type { ResponseBytes } from "./response-bytes.ts";

/** A request, decoded, as the stream and its session need it. */
export interface IncomingRequest {
  readonly nodeId: string;
  readonly metadata: JsonObject;
  readonly typeUrl: string;
  readonly confirmation: Confirmation;
  readonly event: SessionEvent;
}

/** What differs between the two variants on the wire. */
export interface Protocol {
  readonly variant: Variant;
  createSession(): Session;
  /** Throws when the bytes are no request. */
  decode(bytes: Uint8Array): IncomingRequest;
  encode(message: SessionMessage): ResponseBytes;
}

export const sotwProtocol: Protocol = {
  variant: "sotw",
  createSession: createSotwSession,
  decode(bytes) {
    const { nodeId, metadata, request } = decodeSotwRequest(bytes);
    return { nodeId, metadata, typeUrl: request.typeUrl, confirmation: confirmationOf(request, true), event: { type: "request", request } };
  },
  encode: encodeSotwResponse,
};

export const deltaProtocol: Protocol = {
  variant: "delta",
  createSession: createDeltaSession,
  decode(bytes) {
    const { nodeId, metadata, request } = decodeDeltaRequest(bytes);
    const asks = request.subscribe.length > 0 || request.unsubscribe.length > 0;
    return { nodeId, metadata, typeUrl: request.typeUrl, confirmation: confirmationOf(request, !asks), event: { type: "delta-request", request } };
  },
  encode: encodeDeltaResponse,
};

function confirmationOf(request: { readonly responseNonce: string; readonly error?: string }, isPlain: boolean): Confirmation {
  if (request.error !== undefined) {
    return "nack";
  }
  if (request.responseNonce === "") {
    return isPlain ? "initial" : "subscription";
  }
  return "ack";
}
