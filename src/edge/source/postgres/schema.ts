import { randomUUID } from "node:crypto";
import { unavailable } from "./failure.ts";
import type { Session } from "./session.ts";

/**
 * A step of the schema. A released one is never edited, the next one is appended. `compatibleFrom`: the oldest schema version whose
 * releases can go on reading and writing beside this one, so that control planes are replaced one after the other.
 */
interface Migration {
  readonly compatibleFrom: number;
  readonly statements: string;
}

const migrations: readonly Migration[] = [
  {
    compatibleFrom: 1,
    statements: `
      CREATE TABLE probeplane.resources (
        kind text COLLATE "C" NOT NULL,
        mesh text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        document text NOT NULL,
        creation_time text NOT NULL,
        modification_time text NOT NULL,
        revision bigint NOT NULL,
        PRIMARY KEY (kind, mesh, name)
      );
      CREATE INDEX resources_revision ON probeplane.resources (revision);
      CREATE TABLE probeplane.removed (
        kind text COLLATE "C" NOT NULL,
        mesh text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        removed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, mesh, name)
      );
      CREATE INDEX removed_revision ON probeplane.removed (revision);
      ALTER TABLE probeplane.store ADD COLUMN revision bigint NOT NULL DEFAULT 0, ADD COLUMN pruned bigint NOT NULL DEFAULT 0`,
  },
];

/** Schema version that this release reads and writes. */
export const schemaVersion = migrations.length;

interface SchemaState {
  readonly id: string;
  readonly version: number;
  readonly compatible_from: number;
}

/** One of ours, of whatever number: taken by everybody who is about to change the schema. */
const schemaLock = 7_012_031;

/**
 * Brings the schema to the present version, in one transaction; gives the store's own identity, which a dump and a restore keep. May
 * be repeated, and several control planes may do it at once: an advisory lock lets one at a time in. Where nothing has to be changed,
 * nothing is written: a read-only database will do. Throws StoreUnavailable for what is newer or not ours.
 *
 * @param mayCreate false: a database without our schema is refused. For who had a store there before: what is found there now is
 *   another database, and taking it over would take every resource away.
 */
export async function migrate(session: Session, place: string, mayCreate: boolean): Promise<string> {
  const found = await readState(session, place);
  if (found !== undefined && found.version >= schemaVersion) return found.id;
  if (found === undefined && !mayCreate) throw unavailable("not-a-store", `the database ${place} has lost its schema; restore it, or start again to begin anew`);
  await session.lastRows(`BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(${schemaLock})`);
  // Again, now that nobody else can change it.
  const state = (await readState(session, place)) ?? (await createSchema(session));
  for (const [index, { statements, compatibleFrom }] of migrations.entries()) {
    if (index < state.version) continue;
    await session.lastRows(`${statements}; UPDATE probeplane.store SET version = ${index + 1}, compatible_from = ${compatibleFrom}`);
  }
  await session.lastRows("COMMIT");
  return state.id;
}

/** Throws when the schema is one that this release must not touch; undefined: there is none yet. */
async function readState(session: Session, place: string): Promise<SchemaState | undefined> {
  const [there] = await session.rows<{ readonly store: string | null; readonly tables: number; readonly encoding: string }>(
    `SELECT to_regclass('probeplane.store')::text AS store, current_setting('server_encoding') AS encoding,
      (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'probeplane') AS tables`,
  );
  if (there?.encoding !== "UTF8") throw unavailable("not-a-store", `the database ${place} has the encoding ${String(there?.encoding)}; make it with ENCODING 'UTF8'`);
  if (there.store === null && there.tables > 0) throw unavailable("not-a-store", `the schema "probeplane" of the database ${place} belongs to another program`);
  if (there.store === null) return undefined;
  const [state] = await session.rows<SchemaState>("SELECT id, version, compatible_from FROM probeplane.store");
  if (state === undefined) throw unavailable("not-a-store", `the table probeplane.store of the database ${place} is empty`);
  checkVersion(state.version, state.compatible_from, place);
  return state;
}

export function checkVersion(version: number, compatibleFrom: number, place: string): void {
  if (compatibleFrom <= schemaVersion) return;
  throw unavailable("newer", `the database ${place} has schema version ${version}, and this release knows ${schemaVersion}`);
}

async function createSchema(session: Session): Promise<SchemaState> {
  const id = randomUUID();
  await session.lastRows(`CREATE SCHEMA IF NOT EXISTS probeplane;
    CREATE TABLE probeplane.store (one boolean PRIMARY KEY DEFAULT true CHECK (one), id uuid NOT NULL, version int NOT NULL, compatible_from int NOT NULL);
    INSERT INTO probeplane.store (id, version, compatible_from) VALUES ('${id}', 0, 0)`);
  return { id, version: 0, compatible_from: 0 };
}
