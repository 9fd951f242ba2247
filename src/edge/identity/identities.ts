import { X509Certificate } from "node:crypto";
import type { AuthorityReport, AuthorityStatus } from "../../core/identity/authority-status.ts";
import { retiredFromMs, stateOf, type Authority, type Generation } from "../../core/identity/generations.ts";
import type { Violation } from "../../core/base/violation.ts";
import { enabledMtls } from "../../core/model/mesh-mtls.ts";
import type { Mesh } from "../../core/model/mesh.ts";
import type { IdentityPlan } from "../../core/model/mesh-tls-plan.ts";
import type { ProxyIdentities, ProxyIdentity, ProxyKey } from "../pipeline/port.ts";
import { desiredAuthority } from "./desired-authority.ts";
import { HeldIdentity, type HeldIdentityOptions } from "./held-identity.ts";
import type { IdentityMetrics } from "./identity-metrics.ts";
import { createIssueQueue } from "./issue-queue.ts";
import { splitPem } from "./issue-certificate.ts";
import { MeshAuthority, type MeshAuthorityOptions } from "./mesh-authority.ts";

export interface IdentitiesOptions extends Omit<MeshAuthorityOptions, "now"> {
  readonly metrics: IdentityMetrics;
  /** Default: the system's, in milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 to 1; default: Math.random. */
  readonly random?: () => number;
}

/** Certificates for the proxies of all meshes, and the authorities that issue them. */
export interface Identities extends ProxyIdentities {
  /** How a mesh's certificates stand; undefined: mutual TLS is not enabled there. Makes the authority where there is none yet. */
  status(mesh: string): Promise<AuthorityStatus | undefined>;
  /** Announces another authority. Resolves with a sentence when that cannot be; rejects when the store cannot be written. */
  rotate(mesh: string): Promise<string | undefined>;
  /** Some Mesh may be another. */
  worldChanged(): void;
  /** What is amiss at present with the certificates of a mesh, or of all. */
  problems(mesh?: string): readonly string[];
  /** What is wrong with the certificates that a Mesh provides, whether it is stored or not. Paths are those of the Mesh. */
  check(mesh: Mesh): Promise<readonly (Violation & { readonly isInline: boolean })[]>;
  /** When the authority ends that signs for a mesh, in milliseconds since 1970, by mesh. */
  ends(): ReadonlyMap<string, number>;
  close(): void;
}

/** For how long the certificate of a proxy is kept that is not connected: it may be back at once. */
const keptMs = 10 * 60_000;

interface MeshIdentities {
  readonly authority: MeshAuthority;
  readonly proxies: Map<string, HeldIdentity>;
}

export function createIdentities(options: IdentitiesOptions): Identities {
  return new AllIdentities(options);
}

class AllIdentities implements Identities {
  readonly #options: MeshAuthorityOptions;
  readonly #held: HeldIdentityOptions;
  readonly #meshes = new Map<string, MeshIdentities>();
  readonly #seen = new Map<string, Mesh | undefined>();
  readonly #forgetting = new Map<HeldIdentity, NodeJS.Timeout>();

  constructor({ metrics, random = Math.random, now = Date.now, ...options }: IdentitiesOptions) {
    this.#options = { ...options, now };
    this.#held = { queue: createIssueQueue(), log: options.log, metrics, now, random };
    options.secrets.onChange(() => {
      for (const { authority } of this.#meshes.values()) void authority.look();
    });
  }

  open(proxy: ProxyKey, onChange: () => void): ProxyIdentity {
    let held: HeldIdentity | undefined;
    let unlisten: () => void = () => undefined;
    const forget = (): void => {
      unlisten();
      if (held !== undefined && !held.isInUse) this.#forgetLater(proxy, held);
    };
    return {
      want: (plan: IdentityPlan | undefined) => {
        // Proxies of a mesh without mutual TLS cost nothing here.
        if (plan === undefined && held === undefined) return;
        if (held === undefined) {
          held = this.#heldBy(proxy);
          unlisten = held.listen(onChange);
        }
        held.want(plan);
      },
      secrets: () => held?.secrets,
      close: forget,
    };
  }

  async status(mesh: string): Promise<AuthorityStatus | undefined> {
    const { authority, proxies } = this.#of(mesh);
    await authority.look();
    const { enabled } = authority;
    if (enabled === undefined) return undefined;
    const inUse = [...proxies.values()].filter((held) => held.isInUse && held.plan !== undefined);
    const ends = inUse.flatMap(({ endMs }) => endMs ?? []);
    const certificates = { issued: ends.length, awaiting: inUse.length - ends.length, ...(ends.length === 0 ? {} : { earliestEnd: isoTime(Math.min(...ends)) }) };
    return { mesh, backend: enabled.backend.name, type: enabled.backend.type, authorities: reports(authority.authority, this.#options.now()), certificates, problems: authority.problems };
  }

  rotate(mesh: string): Promise<string | undefined> {
    return this.#of(mesh).authority.rotate();
  }

  worldChanged(): void {
    for (const [name, { authority }] of this.#meshes) {
      const mesh = this.#options.meshNamed(name);
      if (mesh !== this.#seen.get(name)) void authority.look();
      this.#seen.set(name, mesh);
    }
  }

  problems(mesh?: string): readonly string[] {
    const meshes = [...this.#meshes].filter(([name]) => mesh === undefined || name === mesh);
    return meshes.flatMap(([name, { authority }]) => (authority.enabled === undefined ? [] : authority.problems.map((problem) => (mesh === undefined ? `mesh ${name}: ${problem}` : problem))));
  }

  async check(mesh: Mesh): Promise<readonly (Violation & { readonly isInline: boolean })[]> {
    const backend = enabledMtls(mesh)?.backend;
    if (backend?.type !== "provided" || mesh.spec.mtls?.skipValidation === true) return [];
    const desired = await desiredAuthority(backend, { mesh: mesh.name, secrets: this.#options.secrets, nowMs: this.#options.now() });
    const at = `mtls.backends[${mesh.spec.mtls?.backends?.indexOf(backend) ?? 0}].conf`;
    const isInline = [backend.conf?.cert, backend.conf?.key].every((source) => source?.secret === undefined && source?.file === undefined);
    return desired.ok ? [] : desired.violations.map(({ path, message }) => ({ path: `${at}.${path}`, message, isInline }));
  }

  ends(): ReadonlyMap<string, number> {
    return new Map([...this.#meshes].flatMap(([name, { authority }]) => (authority.signer === undefined ? [] : [[name, authority.signer.notAfterMs] as const])));
  }

  close(): void {
    for (const timer of this.#forgetting.values()) clearTimeout(timer);
    for (const { authority, proxies } of this.#meshes.values()) {
      authority.close();
      for (const held of proxies.values()) held.close();
    }
  }

  #of(mesh: string): MeshIdentities {
    const known = this.#meshes.get(mesh);
    if (known !== undefined) return known;
    const proxies = new Map<string, HeldIdentity>();
    const authority = new MeshAuthority(mesh, this.#options, () => {
      for (const held of proxies.values()) held.authorityChanged();
    });
    const made = { authority, proxies };
    this.#meshes.set(mesh, made);
    void authority.look();
    return made;
  }

  #heldBy(proxy: ProxyKey): HeldIdentity {
    const { authority, proxies } = this.#of(proxy.mesh);
    const held = proxies.get(proxy.name) ?? new HeldIdentity(proxy, () => authority, this.#held);
    proxies.set(proxy.name, held);
    clearTimeout(this.#forgetting.get(held));
    this.#forgetting.delete(held);
    return held;
  }

  #forgetLater({ mesh, name }: ProxyKey, held: HeldIdentity): void {
    const timer = setTimeout(() => {
      this.#forgetting.delete(held);
      if (!held.isInUse) this.#meshes.get(mesh)?.proxies.delete(name);
    }, keptMs);
    timer.unref();
    this.#forgetting.set(held, timer);
  }
}

function reports(authority: Authority | undefined, nowMs: number): readonly AuthorityReport[] {
  return authority === undefined ? [] : authority.generations.map((generation) => reportOf(authority, generation, nowMs));
}

function reportOf(authority: Authority, generation: Generation, nowMs: number): AuthorityReport {
  const until = retiredFromMs(authority, generation);
  return {
    serial: generation.serial,
    state: stateOf(authority, generation, nowMs),
    origin: generation.origin,
    fingerprint: new X509Certificate(splitPem(generation.certificates)[0] ?? "").fingerprint256.replaceAll(":", "").toLowerCase(),
    notAfter: isoTime(generation.notAfterMs),
    signsFrom: isoTime(generation.signsFromMs),
    ...(until === undefined ? {} : { trustedUntil: isoTime(until) }),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
