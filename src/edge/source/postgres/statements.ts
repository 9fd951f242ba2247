/** A row of `resources`; without a document: of `removed`. Revisions come as text, being 64 bits wide. */
export interface ChangedRow {
  readonly kind: string;
  readonly mesh: string;
  readonly name: string;
  readonly document: string | null;
  readonly creation_time: string;
  readonly modification_time: string;
  readonly revision: string;
}

/** Where the store is. */
export interface HeadRow {
  readonly id: string;
  readonly version: number;
  readonly compatible_from: number;
  readonly head: string;
  /** What was removed up to this revision may be forgotten. */
  readonly pruned: string;
}

const columns = "kind, mesh, name, document, creation_time, modification_time, revision";
const headColumns = "id, version, compatible_from, store.revision AS head, pruned";

/** Everything after revision $1 and where the store is, seen at one moment; one row without a kind when there is nothing. */
export const changesAfter = `
  SELECT ${headColumns}, changed.* FROM probeplane.store LEFT JOIN (
    SELECT ${columns} FROM probeplane.resources WHERE revision > $1
    UNION ALL SELECT kind, mesh, name, NULL, '', '', revision FROM probeplane.removed WHERE revision > $1
  ) AS changed ON true ORDER BY changed.revision`;

export const beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
export const head = `SELECT ${headColumns} FROM probeplane.store`;
export const listing = "SELECT kind, mesh, name, modification_time, revision FROM probeplane.resources";
export const everything = `SELECT ${columns} FROM probeplane.resources`;
export const resourcesNamed = `${everything} WHERE (kind, mesh, name) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`;

/** The one row that every writer locks: so revisions become visible in their order, without gaps. */
export const beginWriting = `BEGIN ISOLATION LEVEL READ COMMITTED; ${head} FOR UPDATE`;

/** $1 the revision; $2 to $7 the columns of what is put; $8 to $10 the keys of what is removed. */
export const writeChanges = `
  WITH put AS (
    INSERT INTO probeplane.resources (${columns})
    SELECT *, $1::bigint FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    ON CONFLICT (kind, mesh, name) DO UPDATE SET document = excluded.document, creation_time = excluded.creation_time,
      modification_time = excluded.modification_time, revision = excluded.revision
  ), back AS (
    DELETE FROM probeplane.removed WHERE (kind, mesh, name) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))
  ), gone AS (
    DELETE FROM probeplane.resources WHERE (kind, mesh, name) IN (SELECT * FROM unnest($8::text[], $9::text[], $10::text[]))
  ), remembered AS (
    INSERT INTO probeplane.removed (kind, mesh, name, revision) SELECT *, $1::bigint FROM unnest($8::text[], $9::text[], $10::text[])
    ON CONFLICT (kind, mesh, name) DO UPDATE SET revision = excluded.revision, removed_at = excluded.removed_at
  ), ahead AS (
    UPDATE probeplane.store SET revision = $1::bigint
  )
  SELECT pg_notify('probeplane', $1::bigint::text)`;

/**
 * Forgets what was removed longer than $1 (an interval) ago. Locks in the order of the writers, and lets them go first: it is no hurry.
 */
export const forgetRemoved = `
  WITH locked AS (
    SELECT one FROM probeplane.store FOR UPDATE SKIP LOCKED
  ), forgotten AS (
    DELETE FROM probeplane.removed WHERE removed_at < now() - $1::interval AND (SELECT one FROM locked) RETURNING revision
  )
  UPDATE probeplane.store SET pruned = greatest(pruned, (SELECT max(revision) FROM forgotten)) WHERE EXISTS (SELECT FROM forgotten)`;
