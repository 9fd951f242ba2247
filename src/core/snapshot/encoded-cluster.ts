import { contentHash } from "../base/hash.ts";
import type { ResourceKey } from "../model/resource.ts";
import { ClusterSchema, type ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { HeaderValueOptionSchema } from "../proto/envoy/config/core/v3/base_pb.ts";
import { HealthCheck_HttpHealthCheckSchema, HealthCheckSchema } from "../proto/envoy/config/core/v3/health_check_pb.ts";
import { senderTagsHeader } from "../translate/headers.ts";
import { encode } from "./encode.ts";
import { EncodedBytes } from "./encoded-bytes.ts";
import type { EncodedResource } from "./snapshot.ts";
import { concatBytes, lengthDelimitedTag, varint, varintLength } from "./wire.ts";

const checkTag = lengthDelimitedTag(ClusterSchema.field.healthChecks.number);
const httpTag = lengthDelimitedTag(HealthCheckSchema.field.httpHealthCheck.number);
const headerTag = lengthDelimitedTag(HealthCheck_HttpHealthCheckSchema.field.requestHeadersToAdd.number);

/** Who sends the checks: the header `x-kuma-tags` in bytes, as it stands in an HTTP check. Equal tags: the same object. */
export class Sender {
  /** Hash of the bytes; empty without a header. */
  readonly version: string;
  readonly headerBytes: Uint8Array;
  /** The proxy that it was made for. */
  readonly firstProxy: string;
  /** Whether other proxies have these tags too, so that it pays to remember what is made for them. */
  isShared = false;

  /** @param senderTags serialised tags; empty: no header. */
  constructor(senderTags: string, firstProxy: string) {
    this.firstProxy = firstProxy;
    const header = senderTags === "" ? new Uint8Array() : encode(HeaderValueOptionSchema, senderTagsHeader(senderTags));
    this.headerBytes = header.length === 0 ? header : concatBytes(headerTag, varint(header.length), header);
    this.version = header.length === 0 ? "" : contentHash(header);
  }
}

/**
 * A cluster with an HTTP check, in three parts: the cluster up to its check, the check up to its HTTP part, the HTTP part. Fields of
 * protobuf may come in any order, so each part can be last in the one around it and the header first in the last; what differs
 * between senders is then the header and two lengths, and nothing is encoded again for another sender.
 */
export class ClusterParts {
  readonly name: string;
  readonly madeFrom: readonly ResourceKey[];
  /** Hash of the cluster without a header. */
  readonly version: string;
  readonly #outer: Uint8Array;
  readonly #check: Uint8Array;
  readonly #http: Uint8Array;
  /** What comes before a header, for the length of header that was asked for last: senders are alike in that. */
  #prefix: { readonly headerLength: number; readonly bytes: Uint8Array } | undefined;

  constructor(name: string, parts: { readonly outer: Uint8Array; readonly check: Uint8Array; readonly http: Uint8Array }, madeFrom: readonly ResourceKey[]) {
    this.name = name;
    this.madeFrom = madeFrom;
    this.#outer = concatBytes(parts.outer, checkTag);
    this.#check = concatBytes(parts.check, httpTag);
    this.#http = parts.http;
    const plain = new Uint8Array(this.byteLengthFor(0));
    this.write(new Uint8Array(), plain, 0);
    this.version = contentHash(plain);
  }

  byteLengthFor(headerLength: number): number {
    return this.#prefixFor(headerLength).length + headerLength + this.#http.length;
  }

  write(header: Uint8Array, target: Uint8Array, offset: number): void {
    const prefix = this.#prefixFor(header.length);
    target.set(prefix, offset);
    target.set(header, offset + prefix.length);
    target.set(this.#http, offset + prefix.length + header.length);
  }

  #prefixFor(headerLength: number): Uint8Array {
    if (this.#prefix?.headerLength !== headerLength) {
      const httpLength = headerLength + this.#http.length;
      const checkLength = this.#check.length + varintLength(httpLength) + httpLength;
      this.#prefix = { headerLength, bytes: concatBytes(this.#outer, varint(checkLength), this.#check, varint(httpLength)) };
    }
    return this.#prefix.bytes;
  }
}

/** A cluster for one sender: two references, however large the cluster is. */
export class SenderCluster implements EncodedResource {
  readonly parts: ClusterParts;
  readonly sender: Sender;
  #version: string | undefined;

  constructor(parts: ClusterParts, sender: Sender) {
    this.parts = parts;
    this.sender = sender;
  }

  get name(): string {
    return this.parts.name;
  }

  get madeFrom(): readonly ResourceKey[] {
    return this.parts.madeFrom;
  }

  get version(): string {
    return (this.#version ??= this.sender.version === "" ? this.parts.version : `${this.parts.version}-${this.sender.version}`);
  }

  get byteLength(): number {
    return this.parts.byteLengthFor(this.sender.headerBytes.length);
  }

  writeTo(target: Uint8Array, offset: number): void {
    this.parts.write(this.sender.headerBytes, target, offset);
  }
}

/** Encodes a cluster that has no sender yet (`destinationCluster`): in parts where a sender's header belongs, else as a whole. */
export function encodeCluster(name: string, cluster: ClusterJson, madeFrom: readonly ResourceKey[]): ClusterParts | EncodedBytes {
  const { healthChecks = [], ...outer } = cluster;
  const [check] = healthChecks;
  if (check?.httpHealthCheck === undefined) return new EncodedBytes(name, encode(ClusterSchema, cluster), madeFrom);
  const { httpHealthCheck, ...rest } = check;
  const parts = {
    outer: encode(ClusterSchema, outer),
    check: encode(HealthCheckSchema, rest),
    http: encode(HealthCheck_HttpHealthCheckSchema, httpHealthCheck),
  };
  return new ClusterParts(name, parts, madeFrom);
}
