import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { defaultCompatibility, type Compatibility } from "../../../core/policy/compatibility.ts";
import { storeOrigin, type PutResult, type Store } from "../port.ts";
import { queuedWrite } from "../queued-write.ts";
import { createResourceFeed, type ResourceFeed } from "../resource-feed.ts";
import { StoreUnavailable } from "../store-error.ts";
import { commitGroup } from "./commit-group.ts";
import { parseDatabaseUrl, type DatabaseUrl } from "./database-url.ts";
import { databaseFailure } from "./failure.ts";
import { createKeptLink, type KeptLink } from "./kept-link.ts";
import { openLink } from "./link.ts";
import { Mirror } from "./mirror.ts";
import type { Batch, KeyedWrite } from "./write-batch.ts";
import { createGroupedQueue, type GroupedQueue } from "./write-queue.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`; what it leaves out is taken from PGUSER, PGPASSWORD … as by every PostgreSQL program. */
  readonly url: string;
  /** How long connecting may take, and a transaction, in ms; default 5000. A write is answered within some three times that. */
  readonly timeoutMs?: number;
  /** How often to look for changes of which no notification came, in ms; default 30000. */
  readonly resyncMs?: number;
  /** Clock for creationTime and modificationTime; default: the system's. */
  readonly now?: () => Date;
  /** How stored policies are read; default: as documented. */
  readonly compatibility?: Compatibility;
}

/** A store, and who it is. */
export interface PostgresStore extends Store {
  /** The store's own identity, the same for every control plane on it; undefined until the first state. */
  readonly storeId: () => string | undefined;
}

/** What no waiting mends: the first state will never come. */
const hopeless: readonly string[] = ["denied", "newer", "not-a-store"];

/**
 * A store in a PostgreSQL database, for any number of control planes at once. Connects in the background and keeps connecting: until it has, `events`
 * wait and `problems` say why; `events` fail when waiting will not help (no such database, wrong password, a schema that is not ours or newer).
 * Reads come from memory, also while the database is away; writes fail then with StoreUnavailable. Throws an Error for a URL that cannot be read.
 */
export function openPostgresStore(options: PostgresStoreOptions): PostgresStore {
  return new DatabaseStore(options, parseDatabaseUrl(options.url));
}

class DatabaseStore implements PostgresStore {
  readonly #url: DatabaseUrl;
  readonly #feed: ResourceFeed = createResourceFeed();
  readonly #mirror: Mirror;
  readonly #kept: KeptLink;
  readonly #queue: GroupedQueue<KeyedWrite>;
  #storeId: string | undefined;
  #closed = false;
  #committing: Promise<unknown> = Promise.resolve();

  constructor(options: PostgresStoreOptions, url: DatabaseUrl) {
    const { timeoutMs = 5_000, resyncMs = 30_000, now = () => new Date(), compatibility = defaultCompatibility } = options;
    this.#url = url;
    this.#mirror = new Mirror(this.#feed, compatibility);
    const mirror = this.#mirror;
    this.#kept = createKeptLink({
      resyncMs,
      open: async (onLost, signal) => {
        const opened = await openLink({ url, timeoutMs, mirror, storeId: this.#storeId, commitSettled: () => this.#committing, onLost, signal });
        this.#storeId = opened.storeId;
        return opened.link;
      },
      asFailure: (error) => databaseFailure(error, `the database ${url.place} cannot be used`),
      onState: (failure) => this.#tellState(failure),
    });
    const onCommitting = (commit: Promise<unknown>): void => void (this.#committing = commit);
    const context = { place: url.place, mirror, compatibility, now, timeoutMs, onCommitting };
    this.#queue = createGroupedQueue((group) => commitGroup(this.#kept, context, group));
  }

  readonly storeId = (): string | undefined => this.#storeId;

  get events(): Store["events"] {
    return this.#feed.events;
  }

  get problems(): Store["problems"] {
    return this.#feed.problems;
  }

  get notices(): Store["notices"] {
    return this.#feed.notices;
  }

  get(key: ResourceKey): Promise<Resource | undefined> {
    return this.#reading(() => this.#feed.table.get(key));
  }

  list(kind: string, mesh?: string): Promise<readonly Resource[]> {
    return this.#reading(() => this.#feed.table.list(kind, mesh));
  }

  put(resource: Resource, { expectedModificationTime }: { readonly expectedModificationTime?: string } = {}): Promise<PutResult> {
    return this.#write(
      [resource],
      ({ writer }) => writer.put(resource, expectedModificationTime),
      (result, revision) => this.#takePut(result, revision),
    );
  }

  putAll(resources: readonly Resource[], { overwrite = false }: { readonly overwrite?: boolean } = {}): Promise<readonly PutResult[]> {
    return this.#write(
      resources,
      ({ writer }) => writer.putAll(resources, overwrite),
      (results, revision) => {
        for (const result of results) this.#takePut(result, revision);
      },
    );
  }

  delete(key: ResourceKey): Promise<boolean> {
    return this.#write(
      [key],
      ({ writer }) => writer.remove(key),
      (there, revision) => {
        if (there) this.#mirror.takeOwn(revision, key, undefined);
      },
    );
  }

  async close(): Promise<void> {
    const wasClosed = this.#closed;
    this.#closed = true;
    await this.#queue.idle();
    if (wasClosed) return;
    this.#kept.close();
    this.#feed.complete();
  }

  async #write<T>(keys: readonly ResourceKey[], run: (batch: Batch) => T, told: (result: T, revision: number) => void): Promise<T> {
    if (this.#closed) throw new StoreUnavailable("closed", "the store is closed");
    const decide = (batch: Batch): { readonly result: T; readonly revision: number } => ({ result: run(batch), revision: batch.revision });
    const { write, done } = queuedWrite(
      decide,
      ({ result, revision }) => told(result, revision),
      (error) => databaseFailure(error, `cannot write to the database ${this.#url.place}`),
    );
    this.#queue.add({ ...write, keys });
    return (await done).result;
  }

  #takePut({ outcome, resource }: PutResult, revision: number): void {
    if (outcome !== "unchanged") this.#mirror.takeOwn(revision, resource, resource);
  }

  #reading<T>(read: () => T): Promise<T> {
    if (this.#feed.started) return Promise.resolve(read());
    return Promise.reject(new StoreUnavailable("unreachable", `the database ${this.#url.place} was not read yet`));
  }

  #tellState(failure: StoreUnavailable | undefined): void {
    this.#mirror.tell(failure === undefined ? undefined : { origin: storeOrigin, violations: [{ path: "", message: failure.message }] });
    if (failure !== undefined && !this.#feed.started && hopeless.includes(failure.reason)) this.#feed.fail(failure);
  }
}
