import { equalJson } from "../../../core/base/equal-json.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import type { Compatibility } from "../../../core/policy/compatibility.ts";
import type { Problem } from "../port.ts";
import type { ResourceFeed } from "../resource-feed.ts";
import { readRow } from "../stored-document.ts";
import type { ChangedRow } from "./statements.ts";

type RowVersion = Pick<ChangedRow, "kind" | "mesh" | "name" | "revision">;

/** What a whole reading of the table gives. */
export interface Listing {
  readonly head: number;
  /** Every row that is there. */
  readonly present: readonly RowVersion[];
  /** Those of them that `isKnown` did not know. */
  readonly rows: readonly ChangedRow[];
}

/** The database as this process knows it: what it reads from, and what it tells its subscribers. */
export class Mirror {
  readonly #feed: ResourceFeed;
  readonly #compatibility: Compatibility;
  /** The revision at which each row is known. */
  readonly #revisions = new Map<string, number>();
  /** Keys in `#revisions` that were removed; kept until every commit up to there was taken, so that nothing older brings them back. */
  readonly #removed = new Set<string>();
  readonly #unreadable = new Map<string, Problem>();
  #standing: Problem | undefined;
  #seen = 0;

  constructor(feed: ResourceFeed, compatibility: Compatibility) {
    this.#feed = feed;
    this.#compatibility = compatibility;
  }

  /** Every commit up to this revision is here. */
  get seen(): number {
    return this.#seen;
  }

  /** True: this version of a row is here already. */
  isKnown(row: RowVersion & Pick<ChangedRow, "modification_time">): boolean {
    return this.resourceAt(row)?.modificationTime === row.modification_time;
  }

  /** The row as it is known, when it is known at this revision; saves reading its document once more. */
  resourceAt(row: RowVersion): Resource | undefined {
    const text = keyText(row);
    return this.#revisions.get(text) === Number(row.revision) && !this.#unreadable.has(text) ? this.#feed.table.get(row) : undefined;
  }

  /** Takes the whole table: the first state, or whatever differs from what was known. */
  takeAll({ head, present, rows }: Listing): void {
    this.#revisions.clear();
    this.#removed.clear();
    for (const row of present) this.#know(row, Number(row.revision), false);
    this.#seen = head;
    const known = [...this.#feed.table.all(), ...[...this.#unreadable.values()].flatMap(({ key }) => key ?? [])];
    this.#tellRows(rows, known.filter((key) => !this.#revisions.has(keyText(key))));
  }

  /**
   * Takes rows as others wrote them, and tells them as one change; rows that are older than what is known are passed over (one
   * that is not known, and not newer than `seen`, was removed since).
   */
  take(rows: readonly ChangedRow[]): void {
    const newer = rows.filter((row) => Number(row.revision) > (this.#revisions.get(keyText(row)) ?? this.#seen));
    for (const row of newer) this.#know(row, Number(row.revision), row.document === null);
    if (newer.length > 0) this.#tellRows(newer, newer.filter(({ document }) => document === null));
  }

  /** Takes what was committed here. `after` undefined: it was removed. */
  takeOwn(revision: number, key: ResourceKey, after: Resource | undefined): void {
    this.#know(key, revision, after === undefined);
    if (this.#unreadable.delete(keyText(key))) this.#tellProblems();
    if (after !== undefined) this.#feed.apply([after], []);
    else if (this.#feed.table.get(key) !== undefined) this.#feed.apply([], [plain(key)]);
  }

  /** Every commit up to this revision was taken. */
  advance(head: number): void {
    this.#seen = Math.max(this.#seen, head);
    for (const text of this.#removed) {
      if ((this.#revisions.get(text) ?? 0) > this.#seen) continue;
      this.#removed.delete(text);
      this.#revisions.delete(text);
    }
  }

  /** Tells something about the database itself; undefined: no longer. */
  tell(problem: Problem | undefined): void {
    this.#standing = problem;
    this.#tellProblems();
  }

  #know(key: ResourceKey, revision: number, isGone: boolean): void {
    const text = keyText(key);
    this.#revisions.set(text, revision);
    if (isGone) this.#removed.add(text);
    else this.#removed.delete(text);
  }

  #tellRows(rows: readonly ChangedRow[], gone: readonly ResourceKey[]): void {
    const { table, started, start, apply } = this.#feed;
    const changed = rows.flatMap((row) => (row.document === null ? [] : (this.#read({ ...row, document: row.document }) ?? [])));
    for (const key of gone) this.#unreadable.delete(keyText(key));
    if (started) apply(changed, gone.filter((key) => table.get(key) !== undefined).map(plain));
    else start(changed);
    this.#tellProblems();
  }

  /** Undefined: it cannot be read, and what was known of it stays; or it is what is known. */
  #read(row: ChangedRow & { readonly document: string }): Resource | undefined {
    const found = readRow(row, this.#compatibility);
    const before = this.#feed.table.get(row);
    if ("problem" in found) {
      this.#unreadable.set(keyText(row), before === undefined ? found.problem : { ...found.problem, kept: [plain(row)] });
      return undefined;
    }
    this.#unreadable.delete(keyText(row));
    return before !== undefined && isSame(before, found.resource) ? undefined : found.resource;
  }

  #tellProblems(): void {
    this.#feed.tell([...(this.#standing === undefined ? [] : [this.#standing]), ...this.#unreadable.values()], []);
  }
}

function plain({ kind, mesh, name }: ResourceKey): ResourceKey {
  return { kind, mesh, name };
}

function isSame(a: Resource, b: Resource): boolean {
  return a.modificationTime === b.modificationTime && a.creationTime === b.creationTime && equalJson(a.labels, b.labels) && equalJson(a.spec, b.spec);
}
