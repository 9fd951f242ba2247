import { createDeltaSession } from "../../src/core/session/delta-session.ts";
import type { Snapshot } from "../../src/core/snapshot/snapshot.ts";
import type { Session, SessionEvent, SessionMessage } from "../../src/core/session/session.ts";
import { createSotwSession } from "../../src/core/session/sotw-session.ts";
import { fakeSnapshot, shortType, shortTypes } from "./fake-snapshot.ts";
import type { ShortType, Versions } from "./fake-snapshot.ts";

/** What refuses a resource; a refused one is skipped and the others of its response are applied, as Envoy does. */
export type Refuses = (type: ShortType, name: string, version: string) => boolean;

type Tables = Readonly<Record<ShortType, Map<string, string>>>;

interface RequestParts {
  readonly error?: string;
  readonly nonce?: string;
  readonly first?: boolean;
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
}

const childOf: Partial<Record<ShortType, ShortType>> = { cds: "eds", lds: "rds" };

function emptyTables(): Tables {
  return { cds: new Map(), eds: new Map(), lds: new Map(), rds: new Map(), sds: new Map() };
}

/** A client that behaves as Envoy does, and the wire between it and a session, with messages under way in both directions. */
export class ModelClient {
  /** Versions that it has. */
  readonly state = emptyTables();
  /** What it says it has when it comes back: not what came in a response of which it refused a part. */
  readonly accepted = emptyTables();
  /** Clusters that were (re)built and have got no endpoints since. */
  readonly cold = new Set<string>();
  /** What the session did that it must never do. */
  readonly faults: string[] = [];
  session: Session;
  readonly #variant: "sotw" | "delta";
  readonly #refuses: Refuses;
  readonly #snapshotOf: (versions: Versions) => Snapshot;
  readonly #wanted: Partial<Record<ShortType, Set<string>>> = { eds: new Set(), rds: new Set() };
  readonly #versions = new Map<string, string>();
  #nonces = new Map<string, string>();
  #latest: Versions = {};
  #fromServer: SessionMessage[] = [];
  #fromClient: SessionEvent[] = [];

  /** @param snapshotOf makes what the session is handed; by default nothing in one snapshot is an object of another. */
  constructor(variant: "sotw" | "delta", refuses: Refuses = () => false, snapshotOf: (versions: Versions) => Snapshot = fakeSnapshot) {
    this.#variant = variant;
    this.#refuses = refuses;
    this.#snapshotOf = snapshotOf;
    this.session = this.#open();
    this.#connect();
  }

  snapshot(next: Versions): void {
    this.#latest = next;
    this.#step({ type: "snapshot", snapshot: this.#snapshotOf(next) });
  }

  /** Lets one message arrive; false: none is under way in that direction. */
  toClient(): boolean {
    const message = this.#fromServer.shift();
    if (message !== undefined) {
      this.#apply(message);
    }
    return message !== undefined;
  }

  toServer(): boolean {
    const event = this.#fromClient.shift();
    if (event !== undefined) {
      this.#step(event);
    }
    return event !== undefined;
  }

  /** Lets everything arrive. Fails when that does not end. */
  settle(): void {
    for (let steps = 0; this.toServer() || this.toClient(); steps++) {
      if (steps > 2_000) {
        throw new Error("the conversation does not end");
      }
    }
  }

  /** A new stream to a new session; what was under way is lost. */
  reconnect(): void {
    this.session = this.#open();
    this.#fromServer = [];
    this.#fromClient = [];
    this.#step({ type: "snapshot", snapshot: this.#snapshotOf(this.#latest) });
    this.#connect();
  }

  #open(): Session {
    return this.#variant === "sotw" ? createSotwSession() : createDeltaSession();
  }

  #step(event: SessionEvent): void {
    const messages = this.session.step(event);
    this.#check(messages);
    for (const message of messages) {
      this.#checkNonce(message);
      this.#fromServer.push(message);
    }
  }

  /** A nonce must tell a response from all that a request of this client may still mean. */
  #checkNonce({ typeUrl, nonce }: SessionMessage): void {
    const toCome = this.#fromServer.filter((message) => message.typeUrl === typeUrl).map((message) => message.nonce);
    const underWay = this.#fromClient.map((event) => (event.type !== "snapshot" && event.request.typeUrl === typeUrl ? event.request.responseNonce : ""));
    if (nonce === "" || [this.#nonces.get(typeUrl), ...toCome, ...underWay].includes(nonce)) {
      this.faults.push(`a nonce of ${typeUrl} is in use: ${JSON.stringify(nonce)}`);
    }
  }

  /** Nothing may be added after clusters were taken away, and what is in the snapshot is not taken away. */
  #check(messages: readonly SessionMessage[]): void {
    const firstRemoval = messages.findIndex(({ removed, typeUrl }) => removed.length > 0 && shortType(typeUrl) === "cds");
    if (firstRemoval >= 0 && messages.slice(firstRemoval).some(({ resources }) => resources.length > 0)) {
      this.faults.push(`a removal is not last: ${messages.map(({ typeUrl }) => shortType(typeUrl)).join(" ")}`);
    }
    for (const { typeUrl, removed } of messages) {
      const type = shortType(typeUrl) as ShortType;
      const present = this.#latest[type] ?? {};
      if ((type === "cds" || type === "lds") && removed.some((name) => name in present)) {
        this.faults.push(`${type} takes away what is there: ${removed.join(" ")}`);
      }
    }
  }

  #connect(): void {
    this.#nonces = new Map();
    for (const type of ["cds", "eds", "lds", "rds"] as const) {
      const names = this.#wanted[type];
      if (names === undefined || names.size > 0) {
        this.#request(type, { first: true, subscribe: [...(names ?? [])] });
      }
    }
  }

  #request(type: ShortType, { error, nonce, first = false, subscribe = [], unsubscribe = [] }: RequestParts): void {
    const typeUrl = shortTypes[type];
    const refusal = error === undefined ? {} : { error };
    if (this.#variant === "sotw") {
      const responseNonce = nonce ?? this.#nonces.get(typeUrl) ?? "";
      const resourceNames = [...(this.#wanted[type] ?? [])].sort();
      const versionInfo = this.#versions.get(typeUrl) ?? "";
      this.#fromClient.push({ type: "request", request: { typeUrl, responseNonce, versionInfo, resourceNames, ...refusal } });
    } else {
      const initialVersions = new Map(first ? this.accepted[type] : []);
      const request = { typeUrl, responseNonce: nonce ?? "", subscribe, unsubscribe, initialVersions, ...refusal };
      this.#fromClient.push({ type: "delta-request", request });
    }
  }

  #apply(message: SessionMessage): void {
    const type = shortType(message.typeUrl) as ShortType;
    const before = new Set(this.state[type].keys());
    const bad: string[] = [];
    for (const { name, version } of message.resources) {
      if (this.#refuses(type, name, version)) {
        bad.push(name);
      } else {
        this.#store(type, name, version);
      }
    }
    for (const name of type === "cds" || type === "lds" ? this.#goneIn(message, type) : []) {
      this.state[type].delete(name);
      this.accepted[type].delete(name);
      this.cold.delete(name);
    }
    this.#confirm(message, type, bad);
    this.#followUp(type, before);
  }

  #store(type: ShortType, name: string, version: string): void {
    if (type === "cds" && this.state.cds.get(name) !== version) {
      this.cold.add(name);
    }
    if (type === "eds") {
      this.cold.delete(name);
    }
    this.state[type].set(name, version);
  }

  #goneIn(message: SessionMessage, type: ShortType): readonly string[] {
    const named = new Set(message.resources.map(({ name }) => name));
    return this.#variant === "delta" ? message.removed : [...this.state[type].keys()].filter((name) => !named.has(name));
  }

  #confirm(message: SessionMessage, type: ShortType, bad: readonly string[]): void {
    this.#nonces.set(message.typeUrl, message.nonce);
    if (bad.length === 0) {
      this.#versions.set(message.typeUrl, message.versionInfo);
      message.resources.forEach(({ name, version }) => this.accepted[type].set(name, version));
      this.#request(type, { nonce: message.nonce });
      return;
    }
    message.resources.forEach(({ name }) => this.accepted[type].delete(name));
    const list = bad.map((name) => `${name}: bad`).join(", ");
    const texts: Partial<Record<ShortType, string>> = { cds: `Error adding/updating cluster(s) ${list}`, lds: `Error adding/updating listener(s) ${list}` };
    this.#request(type, { nonce: message.nonce, error: texts[type] ?? "bad" });
  }

  /** Clusters ask for their endpoints, listeners for their routes. State of the world: asks again even when the names are the same. */
  #followUp(type: ShortType, before: ReadonlySet<string>): void {
    const child = childOf[type];
    const wants = child === undefined ? undefined : this.#wanted[child];
    if (child === undefined || wants === undefined) {
      return;
    }
    const subscribe = [...this.state[type].keys()].filter((name) => !before.has(name) || !wants.has(name));
    const unsubscribe = [...wants].filter((name) => !this.state[type].has(name));
    subscribe.forEach((name) => wants.add(name));
    for (const name of unsubscribe) {
      wants.delete(name);
      this.state[child].delete(name);
      this.accepted[child].delete(name);
    }
    if (this.#variant === "sotw" || subscribe.length + unsubscribe.length > 0) {
      this.#request(child, { subscribe, unsubscribe });
    }
  }
}
