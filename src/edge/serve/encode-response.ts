import type { SessionMessage } from "../../core/session/session.ts";
import type { EncodedResource } from "../../core/snapshot/snapshot.ts";
import type { ResponseBytes } from "./response-bytes.ts";
import { shareEncoded } from "./share-encoded.ts";
import { byteLength, nestedSize, tag, textSize, writeLength, writeText } from "./write-fields.ts";

/**
 * Writes responses by hand: the resources are bytes already, so a response is these bytes with a few length prefixes around them. Field numbers are those of envoy.service.discovery.v3.DiscoveryResponse, DeltaDiscoveryResponse, Resource and
 * google.protobuf.Any; fields go in the order of their numbers, empty strings are left out, as generated encoders do.
 */

/** How a variant of the protocol wraps the Any of a resource. */
interface Wrapping {
  /** Size of what is in field 2 of a response. */
  size(resource: EncodedResource, anySize: number): number;
  write(out: Buffer, at: number, resource: EncodedResource, type: Buffer): number;
}

/** State of the world: field 2 is the Any. */
const bare: Wrapping = {
  size: (_resource, anySize) => anySize,
  write: writeAny,
};

/** Delta: field 2 is a Resource with version, Any and name. */
const named: Wrapping = {
  size: ({ version, name }, anySize) => textSize(version) + nestedSize(anySize) + textSize(name),
  write(out, start, resource, type) {
    const at = writeLength(out, writeText(out, start, tag.one, resource.version), tag.two, anySizeOf(resource, type));
    return writeText(out, writeAny(out, at, resource, type), tag.three, resource.name);
  },
};

/** A DiscoveryResponse (state of the world). */
export const encodeSotwResponse = shareEncoded((message) => new ComposedResponse(message, bare, none));

/** A DeltaDiscoveryResponse. */
export const encodeDeltaResponse = shareEncoded((message) => new ComposedResponse(message, named, message.removed));

const none: readonly string[] = [];

class ComposedResponse implements ResponseBytes {
  readonly byteLength: number;
  readonly #message: SessionMessage;
  readonly #wrapping: Wrapping;
  readonly #removed: readonly string[];
  readonly #type: Buffer;

  constructor(message: SessionMessage, wrapping: Wrapping, removed: readonly string[]) {
    const { typeUrl, versionInfo, nonce, resources } = message;
    const type = typeField(typeUrl);
    let size = textSize(versionInfo) + type.length + textSize(nonce);
    for (const resource of resources) {
      size += nestedSize(wrapping.size(resource, anySizeOf(resource, type)));
    }
    for (const name of removed) {
      size += nestedSize(byteLength(name));
    }
    this.byteLength = size;
    this.#message = message;
    this.#wrapping = wrapping;
    this.#removed = removed;
    this.#type = type;
  }

  copy(out: Buffer, start = 0): number {
    const { typeUrl, versionInfo, nonce, resources } = this.#message;
    let at = writeText(out, start, tag.one, versionInfo);
    for (const resource of resources) {
      at = writeLength(out, at, tag.two, this.#wrapping.size(resource, anySizeOf(resource, this.#type)));
      at = this.#wrapping.write(out, at, resource, this.#type);
    }
    at = writeText(out, at, tag.four, typeUrl);
    at = writeText(out, at, tag.five, nonce);
    for (const name of this.#removed) {
      at = writeLength(out, at, tag.six, byteLength(name));
      at += out.write(name, at);
    }
    return this.byteLength;
  }
}

/** The type URL as the first field of an Any. */
function typeField(typeUrl: string): Buffer {
  const type = Buffer.allocUnsafe(textSize(typeUrl));
  writeText(type, 0, tag.one, typeUrl);
  return type;
}

/** An Any whose value is empty has only its type. */
function anySizeOf({ byteLength }: EncodedResource, type: Buffer): number {
  return type.length + (byteLength === 0 ? 0 : nestedSize(byteLength));
}

function writeAny(out: Buffer, start: number, resource: EncodedResource, type: Buffer): number {
  out.set(type, start);
  const { byteLength } = resource;
  if (byteLength === 0) {
    return start + type.length;
  }
  const at = writeLength(out, start + type.length, tag.two, byteLength);
  resource.writeTo(out, at);
  return at + byteLength;
}
