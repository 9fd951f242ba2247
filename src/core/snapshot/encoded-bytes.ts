import type { DescMessage } from "@bufbuild/protobuf";
import { contentHash } from "../base/hash.ts";
import type { JsonObject } from "../base/json.ts";
import type { ResourceKey } from "../model/resource.ts";
import { encode } from "./encode.ts";
import type { EncodedResource } from "./snapshot.ts";

/** A resource whose bytes are the same for everyone who has it. */
export class EncodedBytes implements EncodedResource {
  readonly name: string;
  readonly version: string;
  readonly madeFrom: readonly ResourceKey[];
  readonly #bytes: Uint8Array;

  constructor(name: string, bytes: Uint8Array, madeFrom: readonly ResourceKey[] = []) {
    this.name = name;
    this.version = contentHash(bytes);
    this.madeFrom = madeFrom;
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  writeTo(target: Uint8Array, offset: number): void {
    target.set(this.#bytes, offset);
  }
}

export function encodeBytes(schema: DescMessage, name: string, json: JsonObject, madeFrom: readonly ResourceKey[] = []): EncodedBytes {
  return new EncodedBytes(name, encode(schema, json), madeFrom);
}
