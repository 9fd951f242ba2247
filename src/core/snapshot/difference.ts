import type { EncodedResource } from "./snapshot.ts";

/** How what is wanted differs from what is held. */
export interface Difference {
  /** Names that are new or have another version, in the order of what is wanted. */
  readonly changed: readonly EncodedResource[];
  readonly gone: readonly string[];
}
