import type { DatabaseUrl } from "./database-url.ts";
import { isAnswer, sqlState, unavailable } from "./failure.ts";
import type { Mirror } from "./mirror.ts";
import { checkVersion, migrate } from "./schema.ts";
import { openSession, type Session } from "./session.ts";
import { beginReading, changesAfter, everything, forgetRemoved, head, listing, resourcesNamed, type ChangedRow, type HeadRow } from "./statements.ts";

/** Reading a large store whole may take longer than one statement should, in ms. */
const wholeReadMs = 60_000;

/** How long removed keys are remembered, for those who have not caught up; whoever is further behind compares the whole table. */
const rememberedFor = "1 hour";

/** Both connections to the database. The mirror is up to date when there is a link, and told of what others write for as long as it holds. */
export interface Link {
  /** For writes, one after the other. */
  readonly writer: Session;
  /** Fetches what is newer than the mirror. Repairs what no notification told. */
  catchUp(): Promise<void>;
  /** From time to time: catches up, and lets the database forget what was removed long ago. */
  keepInStep(): Promise<void>;
  /** What still waits for an answer fails with `reason`. */
  close(reason?: unknown): void;
}

export interface LinkOptions {
  readonly url: DatabaseUrl;
  readonly timeoutMs: number;
  readonly mirror: Mirror;
  /** The identity of the store that the mirror shows; undefined: nothing was read yet. */
  readonly storeId: string | undefined;
  /** Resolves when no commit of our own is on its way: its rows must not be taken for somebody else's. */
  readonly commitSettled: () => Promise<unknown>;
  readonly onLost: (error: unknown) => void;
  /** Gives the link up. */
  readonly signal: AbortSignal;
}

/** Connects, brings the schema up to date, listens, and reads what is new. Throws what goes wrong; nothing is left open then. */
export async function openLink(options: LinkOptions): Promise<{ readonly link: Link; readonly storeId: string }> {
  const { url, timeoutMs, mirror, onLost, signal } = options;
  const open: Session[] = [];
  try {
    let notified = 0;
    const ready: { link?: Link } = {};
    const onNotification = (payload: string): void => {
      notified = Math.max(notified, Number(payload));
      if (notified > mirror.seen) ready.link?.catchUp().catch(onLost);
    };
    const reader = await openSession({ url, timeoutMs, statementTimeoutMs: wholeReadMs, onNotification, onLost, signal });
    open.push(reader);
    const storeId = await migrate(reader, url.place, options.storeId === undefined);
    if (options.storeId !== undefined && options.storeId !== storeId) {
      throw unavailable("not-a-store", `the database ${url.place} holds another store than before; restore it, or start again to take this one`);
    }
    const writer = await openSession({ url, timeoutMs, statementTimeoutMs: timeoutMs, onLost, signal });
    open.push(writer);
    const isListening = await listen(reader);
    await readAll(reader, mirror);
    const link = linkOf(reader, writer, isListening, options);
    ready.link = link;
    if (notified > mirror.seen) await link.catchUp();
    return { link, storeId };
  } catch (error) {
    for (const session of open) session.close();
    throw error;
  }
}

/** False on a standby, which has no notifications; there, only the resync tells what is new. */
async function listen(reader: Session): Promise<boolean> {
  try {
    await reader.rows("LISTEN probeplane");
    return true;
  } catch (error) {
    if (sqlState(error) !== "25006") throw error;
    return false;
  }
}

/** Compares the whole table with what is known, and fetches what differs. */
async function readAll(reader: Session, mirror: Mirror): Promise<void> {
  await reader.rows(beginReading);
  const [at] = await reader.rows<HeadRow>(head);
  const present = await reader.rows<ChangedRow>(listing, [], wholeReadMs);
  const wanted = present.filter((row) => !mirror.isKnown(row));
  const keys = (["kind", "mesh", "name"] as const).map((column) => wanted.map((row) => row[column]));
  const rows = wanted.length === present.length ? await reader.rows<ChangedRow>(everything, [], wholeReadMs) : await reader.rows<ChangedRow>(resourcesNamed, keys, wholeReadMs);
  await reader.rows("COMMIT");
  mirror.takeAll({ head: Number(at?.head), present, rows });
}

function linkOf(reader: Session, writer: Session, isListening: boolean, { url, mirror, commitSettled, storeId }: LinkOptions & { storeId?: string | undefined }): Link {
  let listening = isListening;
  const fetchNewer = async (): Promise<void> => {
    if (!listening) listening = await listen(reader);
    const since = mirror.seen;
    const rows = await reader.rows<ChangedRow & HeadRow>(changesAfter, [since]);
    await commitSettled();
    const at = rows[0];
    const isAnother = at === undefined || (storeId !== undefined && at.id !== storeId);
    if (isAnother || Number(at.head) < since || Number(at.pruned) > since) throw new Error("the store was replaced, or changed beyond what it remembers");
    checkVersion(at.version, at.compatible_from, url.place);
    mirror.take(rows.filter(({ kind }: { readonly kind: string | null }) => kind !== null));
    mirror.advance(Number(at.head));
  };
  const catchUp = oneAtATime(fetchNewer);
  return {
    writer,
    catchUp,
    keepInStep: async () => {
      await catchUp();
      await reader.rows(forgetRemoved, [rememberedFor]).catch((error: unknown) => {
        // A read-only database forgets nothing; nor does it have anything to forget.
        if (!isAnswer(error)) throw error;
      });
    },
    close: (reason) => {
      reader.close(reason);
      writer.close(reason);
    },
  };
}

/** Whoever asks while it runs gets the run after that, which sees what was there when it was asked for. */
function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = act().finally(() => (running = undefined));
    return running;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running.catch(() => undefined).then(start);
    return next;
  };
}
