import type { ResourceKey } from "../base/resource-key.ts";

export type { ResourceKey };

/** String pairs as users write them: labels of a resource, tags of an inbound. */
export type Labels = Readonly<Record<string, string>>;

/** A resource whose document was parsed and found valid. Frozen, all the way down. */
export interface Resource<Kind extends string = string, Spec = unknown> extends ResourceKey {
  readonly kind: Kind;
  readonly labels: Labels;
  /** What the user wrote, durations in Go's normal form, unknown fields dropped. Mesh and Dataplane have their fields at the top level of a document and here all the same. */
  readonly spec: Spec;
  /** RFC 3339; set by a store. */
  readonly creationTime?: string;
  /** RFC 3339; set by a store. */
  readonly modificationTime?: string;
}

/** One text for a key, to index by. */
export function keyText(key: ResourceKey): string {
  return `${key.kind}/${key.mesh}/${key.name}`;
}
