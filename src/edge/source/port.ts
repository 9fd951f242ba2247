import type { Observable } from "rxjs";
import type { Violation } from "../../core/base/violation.ts";
import type { Notice } from "../../core/base/notice.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";

/** A document that was refused. What was good before it stays. */
export interface Problem {
  /** Where the document came from: a file and the number of the document in it, a table's row, an object. */
  readonly origin: string;
  /** The resource that it would have been, when that much could be read. */
  readonly key?: ResourceKey;
  readonly violations: readonly Violation[];
  /** What stays in force in its place: the last good version of what this document, or others in its file, gave before. */
  readonly kept?: readonly ResourceKey[];
}

/** Origin of a problem that is about the store itself: it cannot be reached, or not be read. */
export const storeOrigin = "store";

/** What a source tells: first one `state` with everything there is, then changes in the order in which they were made. */
export type SourceEvent =
  | { readonly type: "state"; readonly resources: readonly Resource[] }
  | { readonly type: "change"; readonly changed: readonly Resource[]; readonly removed: readonly ResourceKey[] };

/** Where resources come from. Constructing one does no I/O; `events` does, when it is subscribed to. */
export interface Source {
  /** Hot after the first `state`; errors only when the source is of no use any more. */
  readonly events: Observable<SourceEvent>;
  /** All documents that are refused at present, whole, each time that changes. */
  readonly problems: Observable<readonly Problem[]>;
  /** Notices from reading (unknown fields), whole, each time that changes. A store has none: they were told to the writer. */
  readonly notices: Observable<readonly Notice[]>;
  close(): Promise<void>;
}

/** What happened to a put. */
export interface PutResult {
  readonly outcome: "created" | "updated" | "unchanged";
  /** As it is stored now. */
  readonly resource: Resource;
}

/**
 * A source that can be written to. A write is durable first, then announced in `events`, then its promise resolves: who awaits a
 * write knows that it survives and that every subscriber was told. Writes are made, announced and answered in the order in which
 * they were asked for. When a write cannot be made durable it is neither announced nor kept: its promise rejects with StoreUnavailable
 * (only where its reason is `in-doubt` it may have been made after all; then it is announced when that is found out).
 */
export interface Store extends Source {
  get(key: ResourceKey): Promise<Resource | undefined>;
  /** Sorted by mesh and name. `mesh` absent: of all meshes. */
  list(kind: string, mesh?: string): Promise<readonly Resource[]>;
  /**
   * Sets creationTime and modificationTime (which grows with every change, whatever the clock does). Equal labels and spec:
   * `unchanged`, with the times that were. Throws StoreConflict when `expectedModificationTime` is given and is not what is stored;
   * the empty text expects that there is nothing yet, so that of several who create a resource one does.
   */
  put(resource: Resource, options?: { readonly expectedModificationTime?: string }): Promise<PutResult>;
  /**
   * Puts all of these (no key twice) in one commit, or none of them. What is not stored yet keeps the creationTime that it brings. Throws
   * StoreConflict when one is stored with other labels or another spec, unless it may be overwritten.
   */
  putAll(resources: readonly Resource[], options?: { readonly overwrite?: boolean }): Promise<readonly PutResult[]>;
  /** True when there was something to delete. */
  delete(key: ResourceKey): Promise<boolean>;
}
