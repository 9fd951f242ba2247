import type { Subscription } from "rxjs";
import { emptyWorld } from "../../core/model/apply-changes.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import type { Change, World } from "../../core/model/world.ts";
import type { Rejection, TypeCounts } from "../../core/session/session.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Source } from "../source/port.ts";
import { collectWorld } from "./collect-world.ts";
import type { WorldStep } from "./collect-world.ts";
import { createConnections } from "./connections.ts";
import type { Log } from "./log.ts";
import type { PipelineMetrics } from "./pipeline-metrics.ts";
import type { ConnectedProxy, PipelineView, ProxyConnection, ProxyKey, ProxySnapshots } from "./port.ts";
import { createRejectionRegistry } from "./rejections.ts";
import { settle } from "./settle.ts";
import { realStages } from "./stages.ts";
import type { Stages, StagesOptions } from "./stages.ts";

export interface PipelineOptions {
  readonly source: Source;
  readonly logger: Log;
  readonly metrics: PipelineMetrics;
  readonly planner?: StagesOptions;
  /** Milliseconds of quiet that end a burst of changes; a change that comes alone does not wait. Default 5. */
  readonly quietMs?: number;
  /** Milliseconds that a change waits at most while others keep coming. Default 100. */
  readonly maxDelayMs?: number;
  /** The source failed for good; what was loaded goes on being served. */
  readonly onSourceLost?: (error: unknown) => void;
  /** For tests: plan and build otherwise. */
  readonly stages?: Stages;
  readonly now?: () => Date;
}

export interface Pipeline extends ProxySnapshots, PipelineView {
  /** Subscribes to the source. Resolves when the first whole World is there; rejects when the source fails before that. */
  start(): Promise<void>;
  close(): Promise<void>;
}

interface Connection {
  readonly proxy: ProxyKey;
  readonly connectedAt: string;
  readonly onStale: () => void;
  /** False: nothing that concerns the proxy has changed since `snapshot` was made. */
  stale: boolean;
  plan: ProxyPlan | undefined;
  snapshot: Snapshot | undefined;
  counts: ReadonlyMap<string, Readonly<TypeCounts>>;
}

const noCounts: ReadonlyMap<string, TypeCounts> = new Map();

/**
 * Joins the stages: what a source tells becomes Worlds; the proxies that a new World may concern are nudged; whoever is nudged pulls
 * its snapshot when it can take it. Nothing is computed for a proxy that is not connected, and nothing queues.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { source, logger: log, metrics, quietMs = 5, maxDelayMs = 100 } = options;
  const now = options.now ?? (() => new Date());
  const stages = options.stages ?? realStages(options.planner);
  const connections = createConnections<Connection>();
  const rejections = createRejectionRegistry({ log, now, onCount: (count) => metrics.rejectionsStanding(count) });
  let world: World = emptyWorld;
  let ready = false;
  let subscription: Subscription | undefined;

  function take(step: WorldStep): void {
    world = step.world;
    const nudged = ready ? concernedBy(step.before, step.changes) : [...connections.all()];
    ready = true;
    metrics.worldChanged(step.changes.length, nudged.length);
    log.debug({ resources: step.changes.length, proxies: nudged.length }, "world changed");
    for (const connection of nudged) {
      connection.stale = true;
      connection.onStale();
    }
  }

  /** When it cannot be told whom a change concerns, it may concern everybody. */
  function concernedBy(before: World, changes: readonly Change[]): readonly Connection[] {
    try {
      return [...stages.affected(before, world, changes)].flatMap(([mesh, names]) => [...connections.find(mesh, names)]);
    } catch (error) {
      log.error({ err: error }, "cannot tell which proxies a change concerns");
      return [...connections.all()];
    }
  }

  /** Plans and builds. When that fails the proxy keeps its last good snapshot; without one, the error is the caller's. */
  function refresh(connection: Connection): Snapshot | undefined {
    const { mesh, name } = connection.proxy;
    const startMs = performance.now();
    try {
      const plan = stages.plan(world, mesh, name);
      connection.snapshot = plan === undefined ? undefined : plan === connection.plan ? connection.snapshot : stages.build(plan);
      connection.plan = plan;
    } catch (error) {
      metrics.snapshotFailed();
      log.error({ mesh, name, err: error }, "cannot make a proxy's configuration; its last good one stays");
      if (connection.snapshot === undefined) {
        throw error;
      }
    }
    connection.stale = false;
    metrics.snapshotMade((performance.now() - startMs) / 1000);
    return connection.snapshot;
  }

  function connect(proxy: ProxyKey, onStale: () => void): ProxyConnection {
    const connection: Connection = {
      proxy, onStale, connectedAt: now().toISOString(), stale: true, plan: undefined, snapshot: undefined, counts: noCounts,
    };
    connections.add(connection);
    return {
      snapshot: () => (connection.stale && ready ? refresh(connection) : connection.snapshot),
      reportRejections: (list: readonly Rejection[]) => rejections.report(connection, proxy, list),
      reportCounts: (counts) => {
        connection.counts = counts;
      },
      close() {
        connections.delete(connection);
        rejections.report(connection, proxy, []);
      },
    };
  }

  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      subscription = source.events.pipe(settle({ quietMs, maxDelayMs }), collectWorld()).subscribe({
        next(step) {
          take(step);
          resolve();
        },
        error(error: unknown) {
          log.error({ err: error }, "the source failed");
          if (ready) {
            options.onSourceLost?.(error);
          } else {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
      });
    });
  }

  return {
    connect,
    start,
    get ready() {
      return ready;
    },
    world: () => world,
    rejectionsOf: (key) => rejections.of(key),
    connected: () =>
      [...connections.all()].map((connection): ConnectedProxy => {
        const { proxy, connectedAt, counts } = connection;
        return { proxy, connectedAt, counts, rejections: rejections.ofStream(connection) };
      }),
    close() {
      subscription?.unsubscribe();
      return Promise.resolve();
    },
  };
}
