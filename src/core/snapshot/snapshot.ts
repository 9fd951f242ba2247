import type { ResourceKey } from "../model/resource.ts";
import { typeUrls } from "../translate/type-urls.ts";

export { typeUrls };

/** The order in which types are sent: make before break (xDS protocol, "Eventual consistency considerations"). */
export const typeOrder: readonly string[] = [
  typeUrls.cluster, typeUrls.endpoints, typeUrls.listener, typeUrls.route, typeUrls.extension, typeUrls.secret,
];

/** One discovery resource in bytes. Encoded once; every proxy with the same content holds the same object or the same parts. */
export interface EncodedResource {
  readonly name: string;
  /** Hash of the encoded bytes: equal content, equal version, on every control plane and after every restart. */
  readonly version: string;
  /** Length of the encoded message (the `value` of its Any). */
  readonly byteLength: number;
  /** Writes exactly `byteLength` bytes. */
  writeTo(target: Uint8Array, offset: number): void;
  /** Policies that decided something in it; a rejection is told to them. */
  readonly madeFrom: readonly ResourceKey[];
}

/** All resources of one type for one proxy. */
export interface TypeSnapshot {
  /** Hash over names and versions, for `version_info` in state of the world. */
  readonly version: string;
  /** Where some resources are the proxy's own: the same over those that its replicas have as well. */
  readonly sharedVersion?: string;
  readonly resources: ReadonlyMap<string, EncodedResource>;
}

/** All that one proxy gets, by type URL. A type with nothing in it has an empty TypeSnapshot. */
export interface Snapshot {
  readonly types: ReadonlyMap<string, TypeSnapshot>;
}
