import { setTimeout as sleep } from "node:timers/promises";
import { kubeKinds } from "../kube-client/kinds.ts";
import { hasStatus } from "../kube-client/kube-error.ts";
import type { KubeClient } from "../kube-client/port.ts";
import { createExpiryWatch, holderOf, leaseSeconds, microTime } from "./lease.ts";
import type { Lease } from "./lease.ts";
import type { Log } from "./port.ts";

export interface ElectionOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Ours, unlike that of every other candidate. */
  readonly identity: string;
  readonly durationMs: number;
  readonly logger: Log;
  readonly onChange: (isLeading: boolean) => void;
  readonly now?: () => Date;
}

/** One of several is the leader, as long as it keeps renewing the Lease. */
export interface Election {
  /** Never true for longer than the Lease lasts without having been renewed, whatever hangs. */
  readonly isLeading: boolean;
  start(): void;
  /** Gives the Lease back when it is ours. */
  close(): Promise<void>;
}

/** Of the lease's duration: how often it is renewed, and after what time without success a leader stops being one. */
const renewals = 3;
const deadline = 2 / 3;

export function createElection(options: ElectionOptions): Election {
  return new LeaseElection(options);
}

class LeaseElection implements Election {
  readonly #options: ElectionOptions;
  readonly #expiry = createExpiryWatch();
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Milliseconds of the process's clock until which we may take ourselves for the leader; 0: we are not. */
  #leadingUntilMs = 0;
  #told = false;
  #overdue: NodeJS.Timeout | undefined;
  /** Said in the log, so as not to say it again. */
  #failure = "";

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  get isLeading(): boolean {
    return performance.now() < this.#leadingUntilMs;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    const wasLeading = this.isLeading;
    this.#lead(0);
    if (wasLeading) await this.#release().catch((error: unknown) => this.#options.logger.debug({ err: error }, "cannot give the Lease back; it runs out by itself"));
  }

  async #run(): Promise<void> {
    const { durationMs } = this.#options;
    while (!this.#ending.signal.aborted) {
      await this.#round();
      // Not in step with the other replicas.
      const waitMs = (durationMs / renewals) * (0.8 + Math.random() * 0.2);
      await sleep(waitMs, undefined, { signal: this.#ending.signal, ref: false }).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    const { durationMs, logger, name } = this.#options;
    const askedAtMs = performance.now();
    try {
      const isOurs = await this.#hold();
      if (this.#failure !== "") logger.info({ lease: name }, "the Lease can be read and written again");
      this.#failure = "";
      this.#lead(isOurs ? askedAtMs + durationMs * deadline : 0);
    } catch (error) {
      // A failure says nothing of who leads: who was the leader is so until its time is over.
      const message = error instanceof Error ? error.message : String(error);
      if (message !== this.#failure) logger.warn({ lease: name, err: error }, "cannot read or write the Lease that says which replica writes status; trying again");
      this.#failure = message;
    }
  }

  /** Takes or renews the Lease; false: somebody else has it. */
  async #hold(): Promise<boolean> {
    const { client, namespace, name, identity } = this.#options;
    const found = await this.#read();
    try {
      if (found === undefined) {
        await client.create<Lease>(kubeKinds.lease, { namespace }, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, namespace }, spec: this.#ours(undefined) });
        return true;
      }
      const holder = holderOf(found);
      if (holder !== identity && holder !== "" && !this.#expiry.isExpired(found)) return false;
      await client.replace<Lease>(kubeKinds.lease, { ...found, spec: this.#ours(found) });
      return true;
    } catch (error) {
      // Of several who want it, the API server lets one have it.
      if (hasStatus(error, 409)) return false;
      throw error;
    }
  }

  async #read(): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return await client.get<Lease>(kubeKinds.lease, { namespace, name });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #ours(before: Lease | undefined): NonNullable<Lease["spec"]> {
    const { identity, durationMs, now = () => new Date() } = this.#options;
    const renewTime = microTime(now());
    const isRenewal = holderOf(before) === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds(durationMs),
      acquireTime: isRenewal ? (before?.spec?.acquireTime ?? renewTime) : renewTime,
      renewTime,
      leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (before === undefined || isRenewal ? 0 : 1),
    };
  }

  async #release(): Promise<void> {
    const { client, identity } = this.#options;
    const found = await this.#read();
    if (found === undefined || holderOf(found) !== identity) return;
    await client.replace<Lease>(kubeKinds.lease, { ...found, spec: { ...found.spec, holderIdentity: "" } });
  }

  #lead(untilMs: number): void {
    this.#leadingUntilMs = untilMs;
    clearTimeout(this.#overdue);
    const isLeading = this.isLeading;
    if (isLeading) this.#overdue = setTimeout(() => this.#lead(0), untilMs - performance.now()).unref();
    if (isLeading === this.#told) return;
    this.#told = isLeading;
    this.#options.logger.info({ lease: this.#options.name, identity: this.#options.identity }, isLeading ? "this replica writes status from now on" : "this replica writes no status any more");
    this.#options.onChange(isLeading);
  }
}
