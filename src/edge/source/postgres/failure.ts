import { DatabaseError } from "pg";
import { StoreUnavailable, type StoreUnavailableReason } from "../store-error.ts";

/** SQLSTATEs by how they begin ("PostgreSQL Error Codes" in its manual), the longer before the shorter. */
const reasons: readonly (readonly [state: string, reason: StoreUnavailableReason])[] = [
  ["25006", "read-only"],
  ["53100", "full"],
  ["28", "denied"],
  ["3D000", "denied"],
  ["42501", "denied"],
  ["42P01", "not-a-store"],
  ["42703", "not-a-store"],
  ["3F000", "not-a-store"],
  ["XX", "corrupt"],
  ["58", "input-output"],
  ["22", "input-output"],
];

/** What to do about it, for the person who reads the message. */
const remedies: Readonly<Partial<Record<StoreUnavailableReason, string>>> = {
  corrupt: "; PostgreSQL's log says more",
  denied: "; check user, password, database name and privileges",
  full: "; nothing acknowledged is lost, and writing goes on when the server has space again",
  "in-doubt": "; the answer to the commit was lost, so the write may or may not have been made: read it back, or send it again",
  "input-output": "; PostgreSQL's log says more",
  newer: "; use the release that wrote it, or a later one",
  "read-only": "; is it a standby, or set to default_transaction_read_only? Writing goes on when it takes writes again",
  unreachable: "; what was read before stays in force, and the connection is tried again until it holds",
};

/** A sentence of its own for what happens most; else PostgreSQL's. */
const sentences: Readonly<Record<string, string>> = {
  "25006": "the database is read-only",
  "53100": "the disk of the database is full",
  "55P03": "another transaction holds the lock for too long",
  "57014": "the statement took too long",
  "57P01": "the database is shutting down",
  "57P03": "the database is starting up or shutting down",
};

/** Any failure of the driver or the server as the typed error of a store; a StoreUnavailable stays what it is. */
export function databaseFailure(error: unknown, action: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const state = sqlState(error);
  const reason = reasons.find(([prefix]) => state.startsWith(prefix))?.[1] ?? "unreachable";
  return unavailable(reason, `${action}: ${sentences[state] ?? textOf(error)}`, error);
}

/** A StoreUnavailable with the remedy that belongs to its reason. */
export function unavailable(reason: StoreUnavailableReason, message: string, cause?: unknown): StoreUnavailable {
  return new StoreUnavailable(reason, `${message}${remedies[reason] ?? ""}`, cause === undefined ? undefined : { cause });
}

/** The server's code for an error that it answered with; empty: the connection failed, or the driver. */
export function sqlState(error: unknown): string {
  return error instanceof DatabaseError ? (error.code ?? "") : "";
}

/** An error after which the connection can be used on: the server refused one statement, and goes on serving. */
export function isAnswer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== "" && !/^(57P|08|25P03|XX)/.test(state);
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
