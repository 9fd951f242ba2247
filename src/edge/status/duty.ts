import type { World } from "../../core/model/world.ts";
import { findResource } from "../../core/model/apply-changes.ts";
import { keyText } from "../../core/model/resource.ts";
import type { Resource } from "../../core/model/resource.ts";
import { policyKindNamed } from "../../core/policy/registry.ts";
import { composeStatus } from "../../core/status/compose-status.ts";
import type { ProxyFacts } from "../../core/status/compose-status.ts";
import { policyVersion, sumReports } from "../../core/status/replica-report.ts";
import type { ReplicaReport } from "../../core/status/replica-report.ts";
import type { ResourceStatus } from "../../core/status/status.ts";
import { changedPolicies } from "./changed-reports.ts";
import { createEventWriter } from "./event-writer.ts";
import { explain } from "./explanations.ts";
import type { Explanation } from "./explanations.ts";
import { conditionsOf, followStatusObjects, idOf } from "./objects.ts";
import type { Observed } from "./objects.ts";
import { tellNotices } from "./notice-events.ts";
import { createPacer } from "./pacer.ts";
import type { KubeStatusOptions } from "./port.ts";
import { followReports } from "./reports.ts";
import { createStatusWriter } from "./status-writer.ts";

export interface DutyOptions extends KubeStatusOptions {
  readonly mayWrite: () => boolean;
  /** What this replica knows; undefined: nothing yet. */
  readonly ownReport: () => ReplicaReport | undefined;
}

/** What the leader does, for as long as it is the leader: every object has the status that it should have. */
export interface Duty {
  /** This replica's own report, or the World, may have changed. */
  look(): void;
  close(): Promise<void>;
}

/** Milliseconds at a time for what costs a look at many proxies, and share of the time: while somebody waits, and in the background. */
const sliceMs = 8;
const [urgentShare, sweepShare] = [0.4, 0.05];
/** Between two looks at everything: what changes in the World mostly changes nothing in what there is to tell. */
const sweepEveryMs = 1_000;

export function startDuty(options: DutyOptions): Duty {
  return new LeaderDuty(options);
}

class LeaderDuty implements Duty {
  readonly #options: DutyOptions;
  readonly #objects;
  readonly #reports;
  readonly #events;
  readonly #writer;
  readonly #notices;
  readonly #answering;
  readonly #sweeping;
  /** By the object's id: what was last said of it. */
  readonly #explanations = new Map<string, Explanation>();
  /** To be looked at: what somebody has just written; where replicas say something else; what a change of the World may have changed. */
  readonly #urgent = new Set<string>();
  readonly #counted = new Set<string>();
  readonly #swept = new Set<string>();
  #world: World | undefined;
  #nextSweepMs = 0;
  #said: ReadonlyMap<string, ReplicaReport> = new Map();

  constructor(options: DutyOptions) {
    this.#options = options;
    const { client, kinds, parse, namespace, replica, leaseDurationMs: durationMs, logger, metrics, mayWrite } = options;
    const onError = (error: unknown): void => logger.error({ err: error }, "cannot say how an object is");
    this.#answering = createPacer(() => this.#answer(), { share: urgentShare, onError });
    this.#sweeping = createPacer(() => this.#sweep(), { share: sweepShare, onError });
    this.#events = createEventWriter({ client, instance: replica.name, logger, metrics });
    this.#notices = tellNotices({ client, events: this.#events, notices: options.notices, logger });
    this.#reports = followReports({ client, namespace, self: replica.name, durationMs, onChange: () => this.look() });
    this.#objects = followStatusObjects({ client, kinds, parse, onChange: (ids) => this.#written(ids) });
    this.#writer = createStatusWriter({ client, objects: this.#objects, wantedOf: (observed) => this.#wantedOf(observed), mayWrite, events: this.#events, logger, metrics });
  }

  look(): void {
    const own = this.#options.ownReport();
    if (own === undefined || !this.#reports.ready) return;
    const said = new Map([...this.#reports.current(), [this.#options.replica.name, own]]);
    const changed = changedPolicies(this.#said, said);
    this.#said = said;
    for (const id of changed === "all" ? this.#objects.ids() : this.#idsOf(changed)) this.#counted.add(id);
    if (this.#counted.size > 0) this.#answering.in(0);
    if (this.#options.view.world() !== this.#world) this.#sweeping.in(this.#nextSweepMs - performance.now());
  }

  *#idsOf(keys: Iterable<string>): Generator<string> {
    for (const key of keys) {
      const id = this.#objects.idOfKey(key);
      if (id !== undefined) yield id;
    }
  }

  async close(): Promise<void> {
    this.#answering.close();
    this.#sweeping.close();
    await Promise.all([this.#reports.close(), this.#objects.close(), this.#writer.close(), this.#notices.close()]);
    await this.#events.close();
  }

  #written(ids: Iterable<string>): void {
    for (const id of ids) this.#urgent.add(id);
    if (this.#urgent.size > 0) this.#answering.in(0);
  }

  #answer(): void {
    const endMs = performance.now() + sliceMs;
    if (!this.#check(this.#urgent, endMs, true) || !this.#check(this.#counted, endMs, false)) this.#answering.in(0);
  }

  /** After a change of the World everything is looked at again, one sweep after the other. */
  #sweep(): void {
    const world = this.#options.view.world();
    if (this.#swept.size === 0 && world !== this.#world) {
      this.#world = world;
      this.#nextSweepMs = performance.now() + sweepEveryMs;
      for (const id of this.#objects.ids()) this.#swept.add(id);
      for (const id of this.#explanations.keys()) if (this.#objects.get(id) === undefined) this.#explanations.delete(id);
    }
    const isDone = this.#check(this.#swept, performance.now() + sliceMs, true);
    if (!isDone) this.#sweeping.in(0);
    else if (this.#options.view.world() !== this.#world) this.#sweeping.in(this.#nextSweepMs - performance.now());
  }

  /** False when the time is over before all are checked. */
  #check(ids: Set<string>, endMs: number, anew: boolean): boolean {
    for (const id of ids) {
      if (performance.now() > endMs) return false;
      ids.delete(id);
      if (anew) this.#explanations.delete(id);
      this.#writer.check(id);
    }
    return true;
  }

  #wantedOf(observed: Observed): ResourceStatus | undefined {
    if (this.#said.size === 0) return undefined;
    const { kind, meta, key } = observed;
    const parsed = observed.parsed();
    const generation = meta.generation ?? 0;
    const before = conditionsOf(observed);
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const served = findResource(this.#options.view.world(), key);
    if (!parsed.ok) {
      const proxies = this.#proxiesOf(served);
      return composeStatus({ kind: kind.kind, generation, resource: undefined, violations: parsed.violations, notices: [], keepsLast: served !== undefined, ...proxies }, before, now);
    }
    const { resource } = parsed;
    const { notices, to } = this.#explanationOf(observed, resource);
    const facts = { kind: kind.kind, generation, resource, violations: [], notices: [...parsed.notices, ...notices], to, ...this.#proxiesOf(resource) };
    return composeStatus(facts, before, now);
  }

  #proxiesOf(resource: Resource | undefined): { readonly proxies?: ProxyFacts } {
    if (resource === undefined || policyKindNamed(resource.kind) === undefined) return {};
    return { proxies: sumReports(keyText(resource), policyVersion(resource), this.#said.values()) };
  }

  #explanationOf({ kind, meta }: Observed, resource: Resource): Explanation {
    const id = idOf(kind, meta);
    let known = this.#explanations.get(id);
    if (known === undefined) this.#explanations.set(id, (known = explain(this.#options.view.world(), resource, this.#options.planner)));
    return known;
  }
}
