import type { ResourceKey } from "../../core/model/resource.ts";
import { keyText } from "../../core/model/resource.ts";

/** Why a store cannot do what it is there for. */
export type StoreUnavailableReason =
  | "closed"
  | "corrupt"
  | "denied"
  | "full"
  /** The answer to a commit was lost: the write may or may not have been made. */
  | "in-doubt"
  | "in-use"
  | "input-output"
  | "newer"
  | "not-a-store"
  | "read-only"
  | "unreachable";

/** The store cannot be opened, or cannot make a write durable now. The message names the place and says what to do. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly reason: StoreUnavailableReason;

  constructor(reason: StoreUnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Somebody else changed the resource since the writer read it. Nothing was written. */
export class StoreConflict extends Error {
  override readonly name = "StoreConflict";
  readonly key: ResourceKey;

  constructor(key: ResourceKey, expected: string, stored: string | undefined) {
    const found = stored === undefined ? "it does not exist" : `it was modified at ${stored}`;
    const wanted = expected === "" ? "to be new" : `as modified at ${expected}`;
    super(`${keyText(key)} was expected ${wanted}, but ${found}`);
    this.key = key;
  }
}
