import { leafTimes } from "../../core/identity/leaf-times.ts";
import type { Generation } from "../../core/identity/generations.ts";
import type { IdentityPlan } from "../../core/model/mesh-tls-plan.ts";
import type { IdentityCertificate, ProxySecrets, TrustBundle } from "../../core/model/mesh-tls-secrets.ts";
import type { Log } from "../pipeline/log.ts";
import type { ProxyKey } from "../pipeline/port.ts";
import type { IdentityMetrics } from "./identity-metrics.ts";
import { issueCertificate, splitPem } from "./issue-certificate.ts";
import type { IssueQueue } from "./issue-queue.ts";

export interface HeldIdentityOptions {
  readonly queue: IssueQueue;
  readonly log: Log;
  readonly metrics: IdentityMetrics;
  readonly now: () => number;
  readonly random: () => number;
}

/** What a mesh's authorities are at present. */
export interface PresentAuthority {
  readonly signer: Generation | undefined;
  readonly trust: TrustBundle | undefined;
}

interface Held {
  readonly certificate: IdentityCertificate;
  readonly plan: IdentityPlan;
  /** PEM of what signed it. */
  readonly signedBy: string;
  readonly notAfterMs: number;
  readonly renewAtMs: number;
}

/** setTimeout takes no more. */
const longestTimerMs = 2 ** 31 - 1;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** The certificate of one proxy: issued when it is wanted first, and again in time, for all streams that the proxy has here. */
export class HeldIdentity {
  readonly #proxy: ProxyKey;
  readonly #options: HeldIdentityOptions;
  readonly #listeners = new Set<() => void>();
  #present: () => PresentAuthority;
  #plan: IdentityPlan | undefined;
  #held: Held | undefined;
  #secrets: ProxySecrets | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isQueued = false;
  #failures = 0;

  constructor(proxy: ProxyKey, present: () => PresentAuthority, options: HeldIdentityOptions) {
    this.#proxy = proxy;
    this.#present = present;
    this.#options = options;
  }

  get plan(): IdentityPlan | undefined {
    return this.#plan;
  }

  /** When its certificate ends; undefined: it has none. */
  get endMs(): number | undefined {
    return this.#secrets?.identity === undefined ? undefined : this.#held?.notAfterMs;
  }

  get secrets(): ProxySecrets | undefined {
    return this.#secrets;
  }

  get isInUse(): boolean {
    return this.#listeners.size > 0;
  }

  listen(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => {
      this.#listeners.delete(onChange);
      if (!this.isInUse) this.#stop();
    };
  }

  want(plan: IdentityPlan | undefined): void {
    const before = this.#plan;
    this.#plan = plan;
    if (plan === undefined) {
      this.#stop();
      this.#secrets = undefined;
      return;
    }
    if (before === plan && this.#timer !== undefined) return;
    this.#arrange(plan);
    this.#renewWhenDue(plan);
  }

  /** The mesh's authorities are others than before. */
  authorityChanged(): void {
    const plan = this.#plan;
    if (plan === undefined || !this.isInUse) return;
    const before = this.#secrets;
    this.#arrange(plan);
    this.#renewWhenDue(plan);
    if (this.#secrets !== before) this.#tell();
  }

  close(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Makes anew what is handed out, where it is another. */
  #arrange({ mesh }: IdentityPlan): void {
    const { trust } = this.#present();
    const identity = this.#held?.plan.mesh === mesh ? this.#held.certificate : undefined;
    if (this.#secrets?.mesh === mesh && this.#secrets.identity === identity && this.#secrets.trust === trust) return;
    this.#secrets = { mesh, ...(identity === undefined ? {} : { identity }), ...(trust === undefined ? {} : { trust }) };
  }

  #renewWhenDue(plan: IdentityPlan): void {
    const held = this.#held;
    const { trust } = this.#present();
    const isGood = held !== undefined && isSame(held.plan, plan) && trust?.certificates.includes(held.signedBy) === true;
    this.#stop();
    const inMs = isGood ? held.renewAtMs - this.#options.now() : 0;
    if (inMs <= 0) {
      this.#queue();
      return;
    }
    this.#later(inMs);
  }

  #later(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#plan !== undefined && this.isInUse) this.#renewWhenDue(this.#plan);
    }, Math.min(inMs, longestTimerMs));
    this.#timer.unref();
  }

  #queue(): void {
    if (this.#isQueued || this.#present().signer === undefined) return;
    this.#isQueued = true;
    this.#options.queue.add(async () => {
      this.#isQueued = false;
      await this.#issue();
    });
  }

  async #issue(): Promise<void> {
    const { now, random, metrics, log } = this.#options;
    const plan = this.#plan;
    const { signer } = this.#present();
    if (plan === undefined || signer === undefined || !this.isInUse) return;
    const startMs = performance.now();
    try {
      const times = leafTimes(Math.min(plan.certificateLifetimeMs, signer.longestLeafMs), signer, { nowMs: now(), random: random() });
      const certificate = await issueCertificate(signer, { names: plan.names, ...times });
      this.#held = { certificate, plan, signedBy: splitPem(signer.certificates)[0] ?? "", notAfterMs: times.notAfterMs, renewAtMs: times.renewAtMs };
      this.#failures = 0;
      metrics.issued((performance.now() - startMs) / 1000);
      log.debug({ ...this.#proxy, until: new Date(times.notAfterMs).toISOString(), ca: signer.serial }, "certificate issued");
      this.#taken();
    } catch (error) {
      metrics.failed();
      log.error({ ...this.#proxy, err: error }, "cannot issue a certificate; the proxy keeps the one that it has");
      this.#later(Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures++));
    }
  }

  /** What is wanted may have become something else meanwhile. */
  #taken(): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    this.#arrange(plan);
    this.#renewWhenDue(plan);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isSame(a: IdentityPlan, b: IdentityPlan): boolean {
  if (a === b) return true;
  return a.mesh === b.mesh && a.certificateLifetimeMs === b.certificateLifetimeMs && a.names.length === b.names.length && a.names.every((name, i) => name === b.names[i]);
}
