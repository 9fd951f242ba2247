import type { SessionMessage } from "../../core/session/session.ts";
import type { EncodedResource } from "../../core/snapshot/snapshot.ts";

/**
 * Writes responses by hand: the resources are bytes already, so a response is these bytes with a few length prefixes around them, in one
 * allocation. Field numbers are those of envoy.service.discovery.v3.DiscoveryResponse, DeltaDiscoveryResponse, Resource and
 * google.protobuf.Any; fields go in the order of their numbers, empty strings are left out, as generated encoders do.
 */

/** Tags of length-delimited fields: number × 8 + 2. Every field that we write has a number below 16, hence one byte. */
const tag = { one: 0x0a, two: 0x12, three: 0x1a, four: 0x22, five: 0x2a, six: 0x32 } as const;

/** A DiscoveryResponse (state of the world). */
export function encodeSotwResponse(message: SessionMessage): Buffer {
  const typeLength = Buffer.byteLength(message.typeUrl);
  let size = textSize(message.versionInfo) + textSize(message.typeUrl) + textSize(message.nonce);
  for (const resource of message.resources) {
    size += nestedSize(anySize(typeLength, resource));
  }
  const out = Buffer.allocUnsafe(size);
  let at = writeText(out, 0, tag.one, message.versionInfo);
  for (const resource of message.resources) {
    at = writeAny(out, writeLength(out, at, tag.two, anySize(typeLength, resource)), message.typeUrl, resource);
  }
  at = writeText(out, at, tag.four, message.typeUrl);
  writeText(out, at, tag.five, message.nonce);
  return out;
}

/** A DeltaDiscoveryResponse. */
export function encodeDeltaResponse(message: SessionMessage): Buffer {
  const typeLength = Buffer.byteLength(message.typeUrl);
  let size = textSize(message.versionInfo) + textSize(message.typeUrl) + textSize(message.nonce);
  for (const resource of message.resources) {
    size += nestedSize(resourceSize(typeLength, resource));
  }
  for (const name of message.removed) {
    size += nestedSize(Buffer.byteLength(name));
  }
  const out = Buffer.allocUnsafe(size);
  let at = writeText(out, 0, tag.one, message.versionInfo);
  for (const resource of message.resources) {
    at = writeLength(out, at, tag.two, resourceSize(typeLength, resource));
    at = writeText(out, at, tag.one, resource.version);
    at = writeAny(out, writeLength(out, at, tag.two, anySize(typeLength, resource)), message.typeUrl, resource);
    at = writeText(out, at, tag.three, resource.name);
  }
  at = writeText(out, at, tag.four, message.typeUrl);
  at = writeText(out, at, tag.five, message.nonce);
  for (const name of message.removed) {
    at = writeLength(out, at, tag.six, Buffer.byteLength(name));
    at += out.write(name, at);
  }
  return out;
}

function resourceSize(typeLength: number, resource: EncodedResource): number {
  return textSize(resource.version) + nestedSize(anySize(typeLength, resource)) + textSize(resource.name);
}

/** An Any whose value is empty has only its type. */
function anySize(typeLength: number, resource: EncodedResource): number {
  return (typeLength === 0 ? 0 : nestedSize(typeLength)) + (resource.byteLength === 0 ? 0 : nestedSize(resource.byteLength));
}

function writeAny(out: Buffer, start: number, typeUrl: string, resource: EncodedResource): number {
  let at = writeText(out, start, tag.one, typeUrl);
  if (resource.byteLength === 0) {
    return at;
  }
  at = writeLength(out, at, tag.two, resource.byteLength);
  resource.writeTo(out, at);
  return at + resource.byteLength;
}

function textSize(text: string): number {
  return text === "" ? 0 : nestedSize(Buffer.byteLength(text));
}

function nestedSize(length: number): number {
  return 1 + varintSize(length) + length;
}

function writeText(out: Buffer, at: number, field: number, text: string): number {
  if (text === "") {
    return at;
  }
  const start = writeLength(out, at, field, Buffer.byteLength(text));
  return start + out.write(text, start);
}

function writeLength(out: Buffer, start: number, field: number, length: number): number {
  let at = start;
  out[at++] = field;
  let rest = length;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}
