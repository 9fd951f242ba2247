import { compareStatuses } from "../../core/status/compare-statuses.ts";
import { statusEvents } from "../../core/status/status-events.ts";
import type { ResourceStatus } from "../../core/status/status.ts";
import { KubeError, hasStatus, isTransient } from "../kube-client/kube-error.ts";
import type { KubeClient } from "../kube-client/port.ts";
import type { EventWriter } from "./event-writer.ts";
import { conditionsOf } from "./objects.ts";
import type { Observed, ObservedObjects, StatusObject } from "./objects.ts";
import type { Log } from "./port.ts";
import type { StatusMetrics } from "./status-metrics.ts";
import { createStatusQueue } from "./status-queue.ts";
import { writeStatus } from "./write-status.ts";

export interface StatusWriterOptions {
  readonly client: KubeClient;
  readonly objects: ObservedObjects;
  /** What an object's status should be now; undefined: it cannot be told yet. */
  readonly wantedOf: (observed: Observed) => ResourceStatus | undefined;
  /** False: nothing is written any more. */
  readonly mayWrite: () => boolean;
  readonly events: EventWriter;
  readonly logger: Log;
  readonly metrics: StatusMetrics;
}

/** Writes each status that is not what it should be, a few at a time. */
export interface StatusWriter {
  /** An object may have another status than it should: it is compared, and written when its turn comes. */
  check(id: string): void;
  close(): Promise<void>;
}

/** So that one write tells what has just happened and what came of it. */
const nowMs = 150;
/** Numbers and texts change with every proxy that comes and goes. */
const soonMs = 5_000;
/** Writes under way at once, and the least time that each takes: 200 a second at most, whatever the API server could take. */
const workers = 4;
const leastMs = 20;
const [firstBackOffMs, lastBackOffMs] = [200, 30_000];

export function createStatusWriter(options: StatusWriterOptions): StatusWriter {
  return new QueuedWriter(options);
}

class QueuedWriter implements StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #queue = createStatusQueue();
  /** Objects that are being written, and the failures in a row of those that could not be. */
  readonly #active = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  /** When the API server is not to be asked before. */
  #pausedUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #failure = "";

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  check(id: string): void {
    const { objects, wantedOf } = this.#options;
    const observed = objects.get(id);
    const wanted = observed === undefined ? undefined : wantedOf(observed);
    const difference = wanted === undefined ? "same" : compareStatuses(observed?.status, wanted);
    if (difference === "same") this.#queue.delete(id);
    // One that fails keeps its time, whatever else happens to it.
    else if (!this.#failures.has(id)) this.#queue.put(id, performance.now() + (difference === "now" ? nowMs : soonMs));
    else this.#queue.put(id, performance.now() + lastBackOffMs);
    this.#options.metrics.waiting(this.#queue.size);
    this.#arm();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#active.values());
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#queue.nextMs;
    if (this.#closed || next === undefined || this.#active.size >= workers) return;
    const atMs = Math.max(next, this.#pausedUntilMs);
    this.#timer = setTimeout(() => this.#pump(), Math.max(0, atMs - performance.now())).unref();
  }

  #pump(): void {
    while (!this.#closed && this.#active.size < workers && performance.now() >= this.#pausedUntilMs) {
      const id = this.#queue.take(performance.now());
      if (id === undefined) break;
      if (this.#active.has(id)) this.#queue.put(id, performance.now() + nowMs);
      else this.#active.set(id, this.#write(id).finally(() => { this.#active.delete(id); this.#arm(); }));
    }
    this.#options.metrics.waiting(this.#queue.size);
    this.#arm();
  }

  async #write(id: string): Promise<void> {
    const { client, objects, wantedOf, mayWrite, events, metrics } = this.#options;
    const observed = objects.get(id);
    const wanted = observed === undefined ? undefined : wantedOf(observed);
    if (observed === undefined || wanted === undefined || compareStatuses(observed.status, wanted) === "same") {
      this.#failures.delete(id);
      return;
    }
    // The Lease may still be renewed in time for all others, and nobody then tells of this object again.
    if (!mayWrite()) {
      this.#queue.put(id, performance.now() + nowMs);
      return;
    }
    const startMs = performance.now();
    try {
      objects.put(observed.kind, await writeStatus(client, observed, wanted));
      metrics.written("written");
      this.#failures.delete(id);
      this.#failure = "";
      events.tell(observed, statusEvents(conditionsOf(observed), wanted));
    } catch (error) {
      await this.#failed(id, observed, error);
    }
    await new Promise((resolve) => setTimeout(resolve, leastMs - (performance.now() - startMs)));
  }

  async #failed(id: string, observed: Observed, error: unknown): Promise<void> {
    const { metrics, logger } = this.#options;
    // It is gone, and the watch says so soon.
    if (hasStatus(error, 404)) {
      this.#failures.delete(id);
      return;
    }
    const isConflict = hasStatus(error, 409);
    metrics.written(isConflict ? "conflict" : "failed");
    if (isConflict) await this.#reread(observed);
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    const backOffMs = Math.min(lastBackOffMs, firstBackOffMs * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2);
    this.#queue.put(id, performance.now() + backOffMs);
    if (isTransient(error)) this.#pausedUntilMs = performance.now() + Math.max(backOffMs, error.retryAfterMs ?? 0);
    const failure = error instanceof KubeError ? `${error.status} ${error.reason}` : String(error);
    if (isConflict || failure === this.#failure) logger.debug({ object: id, err: error }, "cannot write a status; trying again");
    else logger.warn({ object: id, err: error }, "cannot write a status; trying again");
    if (!isConflict) this.#failure = failure;
  }

  /** Somebody else wrote it; the watch tells what, but not before when. */
  async #reread({ kind, meta }: Observed): Promise<void> {
    const { client, objects } = this.#options;
    const at = { name: meta.name, ...(meta.namespace === undefined ? {} : { namespace: meta.namespace }) };
    try {
      objects.put(kind, await client.get<StatusObject>(kind, at));
    } catch (error) {
      this.#options.logger.debug({ err: error }, "cannot read an object again");
    }
  }
}
