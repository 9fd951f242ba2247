import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import type { Compatibility } from "../../../core/policy/compatibility.ts";
import type { Write } from "../queued-write.ts";
import { createRowWriter, type RowWriter } from "../row-writer.ts";
import { documentOf, readRow } from "../stored-document.ts";
import { isAnswer, sqlState, unavailable } from "./failure.ts";
import type { Mirror } from "./mirror.ts";
import { checkVersion } from "./schema.ts";
import type { Session } from "./session.ts";
import { beginWriting, resourcesNamed, writeChanges, type ChangedRow, type HeadRow } from "./statements.ts";

/** What a transaction hands to its writes. */
export interface Batch {
  readonly writer: RowWriter;
  /** That of the commit. */
  readonly revision: number;
}

/** A write, with the keys that it looks at. */
export interface KeyedWrite extends Write<Batch> {
  readonly keys: readonly ResourceKey[];
}

export interface BatchContext {
  readonly session: Session;
  readonly place: string;
  readonly mirror: Mirror;
  readonly compatibility: Compatibility;
  readonly now: () => Date;
  /** How long the whole of it may take, in ms. */
  readonly timeoutMs: number;
  /** Told the promise of the commit, while it is on its way. */
  readonly onCommitting: (commit: Promise<unknown>) => void;
}

/**
 * Runs some writes in one transaction and settles them, in order. Decisions are made against what the database holds, not against the
 * mirror. Throws when nothing was committed, or when that is not known (`in-doubt`); then no write is settled.
 */
export async function commitBatch(context: BatchContext, writes: readonly KeyedWrite[]): Promise<void> {
  const { session, mirror, onCommitting } = context;
  const changes = new Map<string, Change>();
  const endMs = performance.now() + context.timeoutMs;
  const leftMs = (): number => Math.max(1, endMs - performance.now());
  try {
    const revision = await begin(context, leftMs());
    const rows = await session.rows<ChangedRow>(resourcesNamed, keyColumns(writes.flatMap(({ keys }) => keys)), leftMs());
    const writer = createRowWriter(collect(changes), ...storedIn(rows, context), context.now);
    for (const write of writes) write.run({ writer, revision });
    if (changes.size > 0) await session.rows(writeChanges, [revision, ...changeColumns([...changes.values()])], leftMs());
    const committing = commit(context, leftMs());
    onCommitting(committing.catch(() => undefined));
    await committing;
    for (const write of writes) write.committed();
    // What others wrote, and a write here was told of: a conflict, or that it is there already.
    mirror.take(rows.filter((row) => !changes.has(keyText(row))));
    if (changes.size > 0 && mirror.seen === revision - 1) mirror.advance(revision);
  } catch (error) {
    if (isAnswer(error)) await session.rows("ROLLBACK", [], leftMs());
    throw error;
  }
}

/** Locks the store; gives the revision that the commit will have. */
async function begin({ session, place, mirror }: BatchContext, limitMs: number): Promise<number> {
  const [at] = await session.lastRows<HeadRow>(beginWriting, limitMs);
  if (at === undefined || Number(at.head) < mirror.seen) throw unavailable("unreachable", `the store in the database ${place} was replaced`);
  checkVersion(at.version, at.compatible_from, place);
  return Number(at.head) + 1;
}

async function commit({ session, place }: BatchContext, limitMs: number): Promise<void> {
  try {
    await session.rows("COMMIT", [], limitMs);
  } catch (error) {
    if (isAnswer(error) && sqlState(error) !== "57014") throw error;
    throw unavailable("in-doubt", `cannot tell whether the database ${place} has made the write`, error);
  }
}

interface Change {
  readonly key: ResourceKey;
  readonly after: Resource | undefined;
}

/** Only the last word about each key is written. */
function collect(changes: Map<string, Change>): Parameters<typeof createRowWriter>[0] {
  const nothing = (): void => undefined;
  return {
    begin: nothing,
    commit: nothing,
    rollback: nothing,
    upsert: (resource) => void changes.set(keyText(resource), { key: resource, after: resource }),
    remove: (key) => void changes.set(keyText(key), { key, after: undefined }),
  };
}

type Stored = Parameters<typeof createRowWriter>[1];
type HasUnreadable = Parameters<typeof createRowWriter>[2];

function storedIn(rows: readonly ChangedRow[], { mirror, compatibility }: BatchContext): [Stored, HasUnreadable] {
  const found = new Map(rows.map((row) => [keyText(row), mirror.resourceAt(row) ?? parsed(row, compatibility)]));
  return [(key) => found.get(keyText(key)), (key) => found.has(keyText(key)) && found.get(keyText(key)) === undefined];
}

function parsed(row: ChangedRow, compatibility: Compatibility): Resource | undefined {
  const read = readRow({ ...row, document: row.document ?? "" }, compatibility);
  return "resource" in read ? read.resource : undefined;
}

function keyColumns(keys: readonly ResourceKey[]): readonly (readonly string[])[] {
  return [keys.map(({ kind }) => kind), keys.map(({ mesh }) => mesh), keys.map(({ name }) => name)];
}

function changeColumns(changes: readonly Change[]): readonly (readonly string[])[] {
  const put = changes.flatMap(({ after }) => after ?? []);
  const gone = changes.filter(({ after }) => after === undefined).map(({ key }) => key);
  const times = [put.map(({ creationTime = "" }) => creationTime), put.map(({ modificationTime = "" }) => modificationTime)];
  return [...keyColumns(put), put.map(documentOf), ...times, ...keyColumns(gone)];
}
