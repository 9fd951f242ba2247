import { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { Client, type QueryResult } from "pg";
import type { DatabaseUrl } from "./database-url.ts";
import { isAnswer, sqlState } from "./failure.ts";

export interface SessionOptions {
  readonly url: DatabaseUrl;
  /** How long connecting may take, and by default one statement, in ms. */
  readonly timeoutMs: number;
  /** How long the server may work on one statement or wait for a lock, in ms. */
  readonly statementTimeoutMs: number;
  readonly onNotification?: (payload: string) => void;
  /** Gives the connection up. */
  readonly signal: AbortSignal;
  /** The connection is gone, whoever ended it. Called once, not after `close`. */
  readonly onLost: (error: Error) => void;
}

type Row = Readonly<Record<string, unknown>>;

/** One connection to the database. Every wait on it ends. */
export interface Session {
  /** The rows of one statement. When no answer comes within `limitMs`, the connection is given up. */
  rows<R = Row>(text: string, values?: readonly unknown[], limitMs?: number): Promise<readonly R[]>;
  /** The rows of the last of several statements without parameters. */
  lastRows<R = Row>(statements: string, limitMs?: number): Promise<readonly R[]>;
  /** Ends it; what still waits for an answer fails with `reason`. */
  close(reason?: unknown): void;
}

const noTls = "does not support SSL";

/** Connects, with the first of the URL's ways that the server takes. Throws what the driver says. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const attempts = options.url.tlsAttempts();
  for (const [index, ssl] of attempts.entries()) {
    try {
      return await connect(options, ssl);
    } catch (error) {
      const isRefused = (error instanceof Error && error.message.includes(noTls)) || sqlState(error) === "28000";
      if (!isRefused || index === attempts.length - 1) throw error;
    }
  }
  throw new Error("there is no way to connect");
}

async function connect(options: SessionOptions, ssl: ConnectionOptions | false): Promise<Session> {
  // Kept, because the driver's own `end` waits for a server that may never answer.
  const socket = new Socket();
  const { timeoutMs } = options;
  const client = new Client({
    connectionString: options.url.connectionString,
    ssl,
    stream: () => socket,
    keepAlive: true,
    connectionTimeoutMillis: timeoutMs,
    fallback_application_name: "probeplane",
  });
  const session = createSession(client, socket, options);
  try {
    await client.connect();
    await session.rows(settings, [options.statementTimeoutMs, 2 * timeoutMs].map((ms) => `${Math.ceil(ms)}ms`));
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/**
 * A control plane that stands still in the middle of a write must not hold the others up for ever, and what is acknowledged is on
 * the disk, whatever the server's default is.
 */
const settings = `SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false),
  set_config('idle_in_transaction_session_timeout', $2, false), set_config('client_encoding', 'UTF8', false),
  set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`;

function createSession(client: Client, socket: Socket, { timeoutMs, onNotification, onLost, signal }: SessionOptions): Session {
  let ended = false;
  let reason: unknown;
  const end = (why: unknown): void => {
    if (ended) return;
    ended = true;
    reason = why;
    signal.removeEventListener("abort", onAbort);
    // Says good-bye where somebody listens, and does not wait for the answer.
    void client.end().catch(() => undefined);
    setTimeout(() => socket.destroy(), 200).unref();
  };
  const lose = (error: Error): void => {
    const isNews = !ended;
    ended = true;
    reason ??= error;
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
    if (isNews) onLost(error);
  };
  const onAbort = (): void => lose(new Error("the store is closed"));
  signal.addEventListener("abort", onAbort);
  client.on("error", lose);
  client.on("end", () => lose(new Error("the connection was closed")));
  client.on("notification", ({ payload }) => onNotification?.(payload ?? ""));
  const run = async (asking: Promise<QueryResult | QueryResult[]>, limitMs: number): Promise<QueryResult | QueryResult[]> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`no answer within ${Math.round(limitMs)} ms`);
        reject(error);
        lose(error);
      }, limitMs);
    });
    try {
      return await Promise.race([asking, late]);
    } catch (error) {
      throw isAnswer(error) ? error : (reason ?? error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    rows: async <R>(text: string, values: readonly unknown[] = [], limitMs = timeoutMs) => {
      const result = await run(client.query(text, [...values]), limitMs);
      return (Array.isArray(result) ? [] : result.rows) as readonly R[];
    },
    lastRows: async <R>(statements: string, limitMs = timeoutMs) => {
      const result = await run(client.query(statements), limitMs);
      return ((Array.isArray(result) ? result.at(-1) : result)?.rows ?? []) as readonly R[];
    },
    close: end,
  };
}
