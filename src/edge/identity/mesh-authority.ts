import type { Violation } from "../../core/base/violation.ts";
import { authorityKey } from "../../core/identity/authority-secret.ts";
import { clockToleranceMs, maxGenerations, needsSuccessor, nextChangeMs, signerOf, trustedOf, withGeneration, type Authority, type Generation } from "../../core/identity/generations.ts";
import { enabledMtls, type EnabledMtls } from "../../core/model/mesh-mtls.ts";
import type { Mesh } from "../../core/model/mesh.ts";
import type { TrustBundle } from "../../core/model/mesh-tls-secrets.ts";
import type { SecretStore } from "../access/key-ring.ts";
import type { SecretWatch } from "../access/secret-watch.ts";
import type { Log } from "../pipeline/log.ts";
import { readAuthority, updateAuthority } from "./authority-store.ts";
import { desiredAuthority, takenOverAuthority, type DesiredFrom } from "./desired-authority.ts";
import { splitPem } from "./issue-certificate.ts";

export interface MeshAuthorityOptions {
  readonly store: SecretStore;
  readonly secrets: SecretWatch;
  readonly meshNamed: (name: string) => Mesh | undefined;
  readonly announceMs: number;
  readonly log: Log;
  readonly now: () => number;
}

/** However far away the next thing to do is, things are looked at once in a while: a clock may jump, a file be another. */
const lookAgainMs = 60_000;
const soonestMs = 20;
const retryMs = 2_000;

/** The authorities of one mesh, as this control plane knows them: kept in the store, made and replaced there when it is time. */
export class MeshAuthority {
  readonly #mesh: string;
  readonly #options: MeshAuthorityOptions;
  readonly #onChange: () => void;
  #authority: Authority | undefined;
  #trust: TrustBundle | undefined;
  #problems: readonly string[] = [];
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param onChange called when the one that signs, or those that are trusted, may be others. */
  constructor(mesh: string, options: MeshAuthorityOptions, onChange: () => void) {
    this.#mesh = mesh;
    this.#options = options;
    this.#onChange = onChange;
  }

  get authority(): Authority | undefined {
    return this.#authority;
  }

  /** The same object until others are trusted. */
  get trust(): TrustBundle | undefined {
    return this.#trust;
  }

  get signer(): Generation | undefined {
    return this.#authority === undefined ? undefined : signerOf(this.#authority, this.#options.now());
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get enabled(): EnabledMtls | undefined {
    const mesh = this.#options.meshNamed(this.#mesh);
    return mesh === undefined ? undefined : enabledMtls(mesh);
  }

  /** Looks at everything anew: the Mesh, the secrets or the time is another. Resolves when that is done. Never rejects. */
  async look(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run();
    await this.#running;
  }

  /** Announces another built-in authority. Resolves with a sentence when that cannot be. */
  async rotate(): Promise<string | undefined> {
    const { enabled } = this;
    if (enabled === undefined) return `mutual TLS is not enabled in the mesh ${this.#mesh}`;
    if (enabled.backend.type === "provided") return `the CA of the mesh ${this.#mesh} is provided: give the backend ${enabled.backend.name} another cert and key, and both are trusted until the old one is over`;
    let full = false as boolean;
    await this.look();
    await updateAuthority(this.#options.store, this.#mesh, async (stored) => {
      full = stored !== undefined && isFull(stored, this.#options.now());
      return full ? undefined : await this.#another(stored, enabled);
    });
    await this.look();
    return full ? `the mesh ${this.#mesh} trusts ${maxGenerations} CAs already; wait until the oldest is over` : undefined;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#isClosed) {
      this.#again = false;
      clearTimeout(this.#timer);
      const inMs = await this.#lookOnce();
      if (inMs !== undefined) this.#lookLater(inMs);
    }
    // In the same turn in which there was nothing more to do: whoever asks from now on starts anew.
    this.#running = undefined;
  }

  #lookLater(inMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.look(), inMs);
    this.#timer.unref();
  }

  /** Gives the milliseconds after which to look again; undefined: when something changes. */
  async #lookOnce(): Promise<number | undefined> {
    const { enabled } = this;
    if (enabled === undefined) return undefined;
    const problems: string[] = [];
    const failure = await this.#settled(enabled, problems).then((authority) => this.#show(authority), (error: unknown) => (error instanceof Error ? error.message : String(error)));
    this.#tell(failure === undefined ? problems : [...problems, failure]);
    if (failure !== undefined) return retryMs;
    const nowMs = this.#options.now();
    const nextMs = this.#authority === undefined ? undefined : nextChangeMs(this.#authority, nowMs);
    return Math.min(lookAgainMs, Math.max(soonestMs, (nextMs ?? Infinity) - nowMs));
  }

  /** What is stored, once it is what the mesh asks for; with a write where it was not. */
  async #settled(enabled: EnabledMtls, problems: string[]): Promise<Authority | undefined> {
    const { secrets, store } = this.#options;
    await secrets.ready;
    const secret = secrets.get(authorityKey(this.#mesh));
    const stored = secret === undefined ? undefined : readAuthority(secret);
    const desired = await desiredAuthority(enabled.backend, this.#from());
    if (!desired.ok) problems.push(...desired.violations.map((violation) => `the CA of backend ${enabled.backend.name} is of no use: ${violationText(violation)}`));
    const origin = desired.ok ? desired.origin : undefined;
    if (!this.#needsWrite(stored, origin, enabled)) return stored;
    return await updateAuthority(store, this.#mesh, async (now) => {
      if (!this.#needsWrite(now, origin, enabled)) return undefined;
      if (now !== undefined && (origin === undefined || !this.#needsAnother(now, origin))) return tidied(now, enabled.certificateLifetimeMs, this.#options.now());
      if (now !== undefined && isFull(now, this.#options.now())) throw new Error(`${maxGenerations} CAs are trusted already; another one has to wait until the oldest is over`);
      return origin === undefined ? undefined : await this.#another(now, enabled);
    });
  }

  #needsWrite(stored: Authority | undefined, origin: string | undefined, { certificateLifetimeMs }: EnabledMtls): boolean {
    if (origin !== undefined && this.#needsAnother(stored, origin)) return true;
    if (stored === undefined) return false;
    const nowMs = this.#options.now();
    return (signerOf(stored, nowMs)?.longestLeafMs ?? Infinity) < certificateLifetimeMs || trustedOf(stored, nowMs).length < stored.generations.length;
  }

  #needsAnother(stored: Authority | undefined, origin: string): boolean {
    if (stored?.generations.at(-1)?.origin !== origin) return true;
    return origin.startsWith("builtin/") && needsSuccessor(stored, this.#options.now());
  }

  async #another(stored: Authority | undefined, { backend, certificateLifetimeMs }: EnabledMtls): Promise<Authority> {
    const nowMs = this.#options.now();
    const desired = await desiredAuthority(backend, this.#from());
    if (!desired.ok) throw new Error(desired.violations.map(violationText).join("; "));
    const pair = (stored === undefined ? takenOverAuthority(backend, this.#from()) : undefined) ?? (await desired.make(nowMs));
    const made = withGeneration(stored ?? { generations: [] }, { ...pair, origin: desired.origin, longestLeafMs: certificateLifetimeMs }, { nowMs, announceMs: this.#options.announceMs });
    const newest = made.generations.at(-1);
    this.#options.log.info({ mesh: this.#mesh, serial: newest?.serial, origin: desired.origin, signsFrom: new Date(newest?.signsFromMs ?? nowMs).toISOString() }, "another CA for the mesh");
    return made;
  }

  #from(): DesiredFrom {
    return { mesh: this.#mesh, secrets: this.#options.secrets, nowMs: this.#options.now() };
  }

  #show(authority: Authority | undefined): void {
    if (authority === undefined) return;
    const nowMs = this.#options.now();
    const certificates = [...new Set(trustedOf(authority, nowMs).map((generation) => `${splitPem(generation.certificates)[0] ?? ""}\n`))].join("");
    const before = this.#authority;
    this.#authority = authority;
    if (certificates !== this.#trust?.certificates) this.#trust = { certificates };
    else if (before === authority) return;
    this.#onChange();
  }

  #tell(problems: string[]): void {
    const ahead = this.#authority?.generations.find(({ notBeforeMs }) => notBeforeMs > this.#options.now() + clockToleranceMs);
    const newest = this.#authority?.generations.at(-1);
    if (newest?.origin.startsWith("provided/") === true && needsSuccessor({ generations: [newest] }, this.#options.now())) {
      problems.push(`the provided CA ends at ${new Date(newest.notAfterMs).toISOString()}: give the backend another one before`);
    }
    if (ahead !== undefined) problems.push(`CA ${ahead.serial} begins only at ${new Date(ahead.notBeforeMs).toISOString()}: the clock of this control plane, or of the one that made it, is wrong`);
    if (problems.join("\n") !== this.#problems.join("\n")) {
      for (const problem of problems) this.#options.log.error({ mesh: this.#mesh }, problem);
    }
    this.#problems = problems;
  }
}

function isFull(authority: Authority, nowMs: number): boolean {
  return trustedOf(authority, nowMs).length >= maxGenerations;
}

/** Without those that are over, and those that may sign with the longest life that they may give from now on. */
function tidied(authority: Authority, lifetimeMs: number, nowMs: number): Authority {
  const generations = trustedOf(authority, nowMs);
  const signer = signerOf(authority, nowMs);
  const from = signer === undefined ? 0 : generations.indexOf(signer);
  return { generations: generations.map((generation, i) => (i < from ? generation : { ...generation, longestLeafMs: Math.max(generation.longestLeafMs, lifetimeMs) })) };
}

function violationText({ path, message }: Violation): string {
  return `${path}: ${message}`;
}
