import { randomUUID } from "node:crypto";
import { tap } from "rxjs";
import type { Subscription } from "rxjs";
import { concernedByReadiness } from "../../core/match/affected.ts";
import { emptyWorld } from "../../core/model/apply-changes.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { ProxySecrets } from "../../core/model/mesh-tls-secrets.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import type { Change, World } from "../../core/model/world.ts";
import { keyText } from "../../core/model/resource.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { TypeCounts } from "../../core/session/session.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import { withSecrets } from "../../core/snapshot/with-secrets.ts";
import type { DecidedParts } from "../../core/status/policy-uses.ts";
import type { Source } from "../source/port.ts";
import { collectWorld } from "./collect-world.ts";
import type { WorldStep } from "./collect-world.ts";
import { createConnections } from "./connections.ts";
import type { Log } from "./log.ts";
import type { PipelineMetrics } from "./pipeline-metrics.ts";
import { countPolicyUse } from "./policy-use.ts";
import type { UsingStream } from "./policy-use.ts";
import type {
  ConnectedProxy, PipelineView, PolicyUseReading, PolicyUseView, ProxyConnection, ProxyIdentities, ProxyIdentity, ProxyKey, ProxySnapshots, SharedReadiness, StandingRejection,
} from "./port.ts";
import { createRejectionRegistry } from "./rejections.ts";
import type { RejectionRegistry } from "./rejections.ts";
import { settle } from "./settle.ts";
import { realStages } from "./stages.ts";
import type { Stages, StagesOptions } from "./stages.ts";
import { createTlsReadiness } from "./tls-readiness.ts";
import type { TlsReadiness } from "./tls-readiness.ts";
import { takesMutualTls } from "./takes-mutual-tls.ts";

export interface PipelineOptions {
  readonly source: Source;
  readonly logger: Log;
  readonly metrics: PipelineMetrics;
  readonly planner?: StagesOptions;
  /** Absent: no proxy gets a certificate. */
  readonly identities?: ProxyIdentities;
  /** Where other control planes tell of their proxies. Absent: there are none. */
  readonly sharedReadiness?: SharedReadiness;
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

export interface Pipeline extends ProxySnapshots, PipelineView, PolicyUseView {
  /** Subscribes to the source. Resolves when the first whole World is there; rejects when the source fails before that. */
  start(): Promise<void>;
  close(): Promise<void>;
}

interface Connection {
  readonly id: string;
  readonly proxy: ProxyKey;
  readonly metadata: JsonObject;
  readonly connectedAt: string;
  /** When its snapshot last changed, RFC 3339. */
  updatedAt?: string;
  lastRejection?: StandingRejection | undefined;
  readonly onStale: () => void;
  /** False: nothing that concerns the proxy has changed since `snapshot` was made. */
  stale: boolean;
  plan: ProxyPlan | undefined;
  snapshot: Snapshot | undefined;
  readonly identity: ProxyIdentity | undefined;
  /** What goes out: the snapshot, and the secrets beside it. */
  served: { readonly of: Snapshot; readonly secrets: ProxySecrets | undefined; readonly snapshot: Snapshot } | undefined;
  counts: ReadonlyMap<string, Readonly<TypeCounts>>;
  /** Of the last plan, before this one, that it had answered whole. */
  confirmed: DecidedParts | undefined;
}

/** Proxies that are planned only to know what they need; more of them wait until they pull. */
const maxPlannedAhead = 200;

const noCounts: ReadonlyMap<string, TypeCounts> = new Map();

/**
 * Joins the stages: what a source tells becomes Worlds; the proxies that a new World may concern are nudged; whoever is nudged pulls
 * its snapshot when it can take it. Nothing is computed for a proxy that is not connected, and nothing queues.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  return new JoinedStages(options);
}

class JoinedStages implements Pipeline {
  readonly #options: PipelineOptions;
  readonly #stages: Stages;
  readonly #connections = createConnections<Connection>();
  readonly #rejections: RejectionRegistry;
  readonly #now: () => Date;
  #world: World = emptyWorld;
  #ready = false;
  /** Events of the source that are not in the World yet. */
  #unsettled = 0;
  #onSettled: (() => void)[] = [];
  readonly #onActivity = new Set<() => void>();
  readonly #readiness: TlsReadiness;
  #subscription: Subscription | undefined;

  constructor(options: PipelineOptions) {
    const { logger: log, metrics, now = () => new Date() } = options;
    this.#options = options;
    this.#now = now;
    this.#stages = options.stages ?? realStages(options.planner);
    this.#readiness = createTlsReadiness({ onFound: (found) => this.#takeReady(found), shared: options.sharedReadiness });
    this.#rejections = createRejectionRegistry({ log, now, onCount: (count) => metrics.rejectionsStanding(count) });
  }

  get ready(): boolean {
    return this.#ready;
  }

  world(): World {
    return this.#world;
  }

  rejectionsOf(key: ResourceKey): readonly StandingRejection[] {
    return this.#rejections.of(key);
  }

  connected(): readonly ConnectedProxy[] {
    return [...this.#connections.all()].map((connection) => {
      const { id, proxy, metadata, connectedAt, updatedAt, counts, lastRejection } = connection;
      const seldom = { ...(updatedAt === undefined ? {} : { updatedAt }), ...(lastRejection === undefined ? {} : { lastRejection }) };
      return { id, proxy, metadata, connectedAt, counts, isCurrent: isCurrent(connection), rejections: this.#rejections.ofStream(connection), ...seldom };
    });
  }

  policyUse(): PolicyUseReading {
    let plannedAhead = 0;
    let unplanned = 0;
    const streams = [...this.#connections.all()].map((connection): UsingStream => {
      const confirmed = hasAnswered(connection) ? connection.plan : connection.confirmed;
      const refused = new Set(this.#rejections.ofStream(connection).flatMap(({ madeFrom }) => madeFrom.map(keyText)));
      const planAhead = connection.stale && plannedAhead < maxPlannedAhead;
      if (planAhead) plannedAhead++;
      else if (connection.stale) unplanned++;
      const wanted = planAhead ? this.#planAhead(connection) : connection.plan;
      return { proxy: connection.proxy, wanted, confirmed, refused };
    });
    return { uses: countPolicyUse(streams), unplanned };
  }

  onActivity(listener: () => void): () => void {
    this.#onActivity.add(listener);
    return () => this.#onActivity.delete(listener);
  }

  start(): Promise<void> {
    const { source, logger, quietMs = 5, maxDelayMs = 100, onSourceLost } = this.#options;
    const worlds = source.events.pipe(
      tap(() => this.#unsettled++),
      settle({ quietMs, maxDelayMs }),
      tap(({ length }) => this.#take(length)),
      collectWorld(),
    );
    return new Promise((resolve, reject) => {
      this.#subscription = worlds.subscribe({
        next: (step) => {
          this.#show(step);
          resolve();
        },
        error: (error: unknown) => {
          logger.error({ err: error }, "the source failed");
          if (this.#ready) {
            onSourceLost?.(error);
          } else {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
      });
    });
  }

  close(): Promise<void> {
    this.#subscription?.unsubscribe();
    this.#readiness.close();
    return Promise.resolve();
  }

  connect(proxy: ProxyKey, onStale: () => void, said: JsonObject = {}): ProxyConnection {
    const metadata = shown(said);
    const connectedAt = this.#now().toISOString();
    const identity = this.#options.identities?.open(proxy, () => {
      connection.stale = true;
      onStale();
    });
    const nothingYet = { stale: true, plan: undefined, snapshot: undefined, served: undefined, counts: noCounts, confirmed: undefined };
    const connection: Connection = { id: randomUUID(), proxy, metadata, onStale, connectedAt, identity, ...nothingYet };
    this.#connections.add(connection);
    this.#tellActivity();
    return {
      snapshot: () => {
        if (connection.stale && this.#ready) this.#refresh(connection);
        return served(connection);
      },
      reportRejections: (list) => {
        this.#rejections.report(connection, proxy, list);
        connection.lastRejection = this.#rejections.ofStream(connection).at(-1) ?? connection.lastRejection;
        this.#tellActivity();
      },
      reportCounts: (counts) => {
        connection.counts = counts;
      },
      confirmed: () => this.#lookAtTls(connection),
      close: () => {
        this.#connections.delete(connection);
        identity?.close();
        this.#rejections.report(connection, proxy, []);
        this.#tellActivity();
      },
    };
  }

  settled(): Promise<void> | undefined {
    return this.#unsettled === 0 ? undefined : new Promise((resolve) => this.#onSettled.push(resolve));
  }

  /** Whoever waits goes on when the World is made of these events: a promise's turn comes after this one. */
  #take(events: number): void {
    this.#unsettled -= events;
    if (this.#unsettled === 0) {
      this.#onSettled.splice(0).forEach((resolve) => resolve());
    }
  }

  #show({ before, world, changes }: WorldStep): void {
    this.#world = this.#readiness.tell(world);
    const nudged = this.#ready ? this.#concernedBy(before, changes) : [...this.#connections.all()];
    this.#ready = true;
    this.#options.metrics.worldChanged(changes.length, nudged.length);
    this.#options.logger.debug({ resources: changes.length, proxies: nudged.length }, "world changed");
    for (const connection of nudged) {
      connection.stale = true;
      connection.onStale();
    }
    this.#tellActivity();
  }

  #lookAtTls(connection: Connection): void {
    const { proxy, stale, plan, served, counts } = connection;
    if (stale || plan?.identity === undefined || this.#readiness.isKnown(proxy)) return;
    if (takesMutualTls(plan, served?.secrets, counts) && this.#rejections.ofStream(connection).length === 0) this.#readiness.found(proxy);
  }

  /** In a mesh that takes plain text, those who call these proxies talk to them otherwise from now on. */
  #takeReady(found: ReadonlyMap<string, readonly string[]>): void {
    this.#world = this.#readiness.tell(this.#world);
    for (const [name, proxies] of found) {
      const mesh = this.#world.meshes.get(name);
      this.#options.logger.debug({ mesh: name, proxies: proxies.length }, "proxies take mutual TLS");
      if (mesh === undefined) continue;
      for (const connection of this.#connections.find(name, concernedByReadiness(mesh, proxies))) {
        connection.stale = true;
        connection.onStale();
      }
    }
    this.#tellActivity();
  }

  #tellActivity(): void {
    for (const listener of this.#onActivity) listener();
  }

  /** What it will be given when it pulls; what it has, when that cannot be told. */
  #planAhead({ proxy, plan }: Connection): ProxyPlan | undefined {
    try {
      return this.#ready ? this.#stages.plan(this.#world, proxy.mesh, proxy.name) : plan;
    } catch {
      return plan;
    }
  }

  /** When it cannot be told whom a change concerns, it may concern everybody. */
  #concernedBy(before: World, changes: readonly Change[]): readonly Connection[] {
    try {
      return [...this.#stages.affected(before, this.#world, changes)].flatMap(([mesh, names]) => [...this.#connections.find(mesh, names)]);
    } catch (error) {
      this.#options.logger.error({ err: error }, "cannot tell which proxies a change concerns");
      return [...this.#connections.all()];
    }
  }

  /** Plans and builds. When that fails the proxy keeps its last good snapshot; without one, the error is the caller's. */
  #refresh(connection: Connection): void {
    const startMs = performance.now();
    try {
      const plan = this.#stages.plan(this.#world, connection.proxy.mesh, connection.proxy.name);
      if (plan !== connection.plan) {
        if (hasAnswered(connection)) connection.confirmed = decidedPartsOf(connection.plan);
        connection.snapshot = plan === undefined ? undefined : this.#stages.build(plan, connection.snapshot);
        connection.plan = plan;
        connection.updatedAt = this.#now().toISOString();
      }
      connection.identity?.want(plan?.identity);
      this.#options.metrics.snapshotMade((performance.now() - startMs) / 1000);
    } catch (error) {
      this.#options.metrics.snapshotFailed();
      this.#options.logger.error({ ...connection.proxy, err: error }, "cannot make a proxy's configuration; its last good one stays");
      if (connection.snapshot === undefined) {
        throw error;
      }
    }
    connection.stale = false;
  }
}

function served(connection: Connection): Snapshot | undefined {
  const { snapshot: of, identity } = connection;
  const secrets = identity?.secrets();
  if (of === undefined) return undefined;
  if (connection.served?.of !== of || connection.served.secrets !== secrets) connection.served = { of, secrets, snapshot: withSecrets(of, secrets) };
  return connection.served.snapshot;
}

function decidedPartsOf(plan: ProxyPlan | undefined): DecidedParts | undefined {
  return plan === undefined ? undefined : { mesh: plan.mesh, destinations: plan.destinations, inbounds: plan.inbounds };
}

/** A snapshot that is pulled is taken by the session in the same turn: from then on its responses count as awaited. */
function isCurrent(connection: Connection): boolean {
  return !connection.stale && hasAnswered(connection);
}

/** All that it was sent so far. */
function hasAnswered({ counts }: Connection): boolean {
  if (counts.size === 0) return false;
  for (const { awaiting } of counts.values()) if (awaiting > 0) return false;
  return true;
}

/** A bootstrap may carry a whole Dataplane, which is long, and nobody should see what it may carry as a token. */
function shown(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== "dataplane.resource" && !/token/i.test(name)));
}
