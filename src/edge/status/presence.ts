import { encodeReport } from "../../core/status/replica-report.ts";
import type { ReplicaReport } from "../../core/status/replica-report.ts";
import { hasStatus } from "../kube-client/kube-error.ts";
import { kubeKinds } from "../kube-client/kinds.ts";
import type { KubeClient } from "../kube-client/port.ts";
import { leaseSeconds, microTime } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { ownedMeta } from "./owned-objects.ts";
import type { Log, Replica } from "./port.ts";
import { repeat } from "./repeat.ts";
import type { Repeated, Rest } from "./repeat.ts";
import { reportObject } from "./report-object.ts";
import type { ConfigMap } from "./report-object.ts";

export interface PresenceOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly replica: Replica;
  readonly durationMs: number;
  readonly logger: Log;
}

/** Tells the other replicas that this one is there, and what it knows. */
export interface Presence {
  start(): void;
  /** Tells it to the others, within a second or so; only when it differs from what they were told. */
  tell(report: ReplicaReport): void;
  /** Says that this replica is gone. */
  close(): Promise<void>;
}

/** Between two reports, and again for each 100 kB of one: every report is whole. */
const restMs = 1_000;
const bytesARest = 100_000;
/** How often the Lease is renewed while it lasts. */
const renewals = 3;

export function createPresence(options: PresenceOptions): Presence {
  return new ToldPresence(options);
}

class ToldPresence implements Presence {
  readonly #options: PresenceOptions;
  #reporting: Repeated | undefined;
  #renewing: Repeated | undefined;
  #wanted: ReplicaReport | undefined;
  /** What the others were told last. */
  #told: string | undefined;
  #failure = "";

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  start(): void {
    this.#reporting = repeat(() => this.#report());
    this.#renewing = repeat(() => this.#renew());
  }

  tell(report: ReplicaReport): void {
    this.#wanted = report;
    this.#reporting?.wake();
  }

  async close(): Promise<void> {
    await Promise.all([this.#reporting?.close(), this.#renewing?.close()]);
    if (this.#told === undefined) return;
    await this.#attempt(() => this.#writeLease(""));
  }

  async #report(): Promise<Rest> {
    if (this.#wanted === undefined) return {};
    const text = encodeReport(this.#wanted);
    const isFirst = this.#told === undefined;
    if (text === this.#told) return {};
    const rest = restMs * Math.max(1, text.length / bytesARest);
    if (!(await this.#attempt(() => this.#writeReport(text)))) return { againMs: 2 * rest, restMs: rest };
    this.#told = text;
    // Only now: a replica that is there and has not told anything would be taken to lag behind.
    if (isFirst) this.#renewing?.wake();
    return { restMs: rest };
  }

  async #renew(): Promise<Rest> {
    const { durationMs, replica } = this.#options;
    if (this.#told === undefined) return {};
    await this.#attempt(() => this.#writeLease(replica.name));
    return { againMs: durationMs / renewals };
  }

  async #writeReport(text: string): Promise<void> {
    const { client, namespace, replica } = this.#options;
    const object = reportObject(namespace, replica, text);
    await client.patch<ConfigMap>(kubeKinds.configMap, { namespace, name: object.metadata.name }, object, { type: "apply", force: true });
  }

  async #writeLease(holderIdentity: string): Promise<void> {
    const { client, namespace, replica, durationMs } = this.#options;
    const metadata = ownedMeta(namespace, "presence", replica);
    const spec = { holderIdentity, leaseDurationSeconds: leaseSeconds(durationMs), renewTime: microTime(new Date()) };
    const at = { namespace, name: metadata.name };
    try {
      await client.patch<Lease>(kubeKinds.lease, at, { spec });
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      await client.create<Lease>(kubeKinds.lease, { namespace }, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec });
    }
  }

  /** False: it failed, and the log has it once for as long as it fails in the same way. */
  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.#failure = "";
      return true;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== this.#failure) this.#options.logger.warn({ err: error }, "cannot tell the other replicas what this one knows; trying again");
      this.#failure = failure;
      return false;
    }
  }
}
