import { createDeltaSession } from "../../src/core/session/delta-session.ts";
import type { Session, SessionEvent, SessionMessage } from "../../src/core/session/session.ts";
import { createSotwSession } from "../../src/core/session/sotw-session.ts";
import { fakeSnapshot, shortType, shortTypes } from "./fake-snapshot.ts";
import type { ShortType, Versions } from "./fake-snapshot.ts";

/** What refuses a resource; a refused one is skipped and the others of its response are applied, as Envoy does. */
export type Refuses = (type: ShortType, name: string, version: string) => boolean;

/** A client that behaves as Envoy does, and the wire between it and a session, with messages under way in both directions. */
export interface ModelClient {
  readonly state: Readonly<Record<ShortType, Map<string, string>>>;
  /** What the client says it has when it comes back: not what came in a response of which it refused a part. */
  readonly accepted: Readonly<Record<ShortType, Map<string, string>>>;
  /** Clusters that were (re)built and have got no endpoints since. */
  readonly cold: Set<string>;
  session: Session;
  snapshot(versions: Versions): void;
  /** Lets one message arrive; false: none is under way in that direction. */
  toClient(): boolean;
  toServer(): boolean;
  /** Lets everything arrive. Fails when that does not end. */
  settle(): void;
  reconnect(): void;
  /** Steps of the session in which a removal was not last. */
  readonly faults: string[];
}

const childOf: Partial<Record<ShortType, ShortType>> = { cds: "eds", lds: "rds" };

export function createModelClient(variant: "sotw" | "delta", refuses: Refuses = () => false): ModelClient {
  const state = { cds: new Map(), eds: new Map(), lds: new Map(), rds: new Map(), sds: new Map() } as Record<ShortType, Map<string, string>>;
  const accepted = structuredClone(state);
  const wanted: Record<string, Set<string>> = { eds: new Set(), rds: new Set() };
  const cold = new Set<string>();
  const faults: string[] = [];
  let session: Session = open();
  let latest: Versions = {};
  let fromServer: SessionMessage[] = [];
  let fromClient: SessionEvent[] = [];
  let nonces = new Map<string, string>();
  let versions = new Map<string, string>();

  function open(): Session {
    return variant === "sotw" ? createSotwSession() : createDeltaSession();
  }
  function step(event: SessionEvent): void {
    const messages = session.step(event);
    check(messages);
    fromServer.push(...messages);
  }
  /** Nothing may be added to clusters after some were taken away, and what is in the snapshot is not taken away. */
  function check(messages: readonly SessionMessage[]): void {
    const firstRemoval = messages.findIndex(({ removed, typeUrl }) => removed.length > 0 && shortType(typeUrl) === "cds");
    if (firstRemoval >= 0 && messages.slice(firstRemoval).some(({ resources }) => resources.length > 0)) {
      faults.push(`a removal is not last: ${JSON.stringify(messages.map(({ typeUrl }) => shortType(typeUrl)))}`);
    }
    for (const { typeUrl, removed } of messages) {
      const present = latest[shortType(typeUrl) as ShortType] ?? {};
      if (["cds", "lds"].includes(shortType(typeUrl)) && removed.some((name) => name in present)) {
        faults.push(`${shortType(typeUrl)} takes away what is there: ${removed.join(" ")}`);
      }
    }
  }
  function request(type: ShortType, more: { error?: string; nonce?: string; first?: boolean; subscribe?: string[]; unsubscribe?: string[] } = {}): void {
    const typeUrl = shortTypes[type];
    const error = more.error === undefined ? {} : { error: more.error };
    if (variant === "sotw") {
      const responseNonce = more.nonce ?? nonces.get(typeUrl) ?? "";
      fromClient.push({
        type: "request",
        request: { typeUrl, responseNonce, versionInfo: versions.get(typeUrl) ?? "", resourceNames: [...(wanted[type] ?? [])].sort(), ...error },
      });
      return;
    }
    const initialVersions = new Map(more.first === true ? accepted[type] : []);
    fromClient.push({
      type: "delta-request",
      request: { typeUrl, responseNonce: more.nonce ?? "", subscribe: more.subscribe ?? [], unsubscribe: more.unsubscribe ?? [], initialVersions, ...error },
    });
  }
  function connect(): void {
    nonces = new Map();
    for (const type of ["cds", "eds", "lds", "rds"] as const) {
      const names = [...(wanted[type] ?? [])];
      if (wanted[type] === undefined || names.length > 0) {
        request(type, { first: true, subscribe: names });
      }
    }
  }
  function apply(message: SessionMessage): void {
    const type = shortType(message.typeUrl) as ShortType;
    const before = new Set(state[type].keys());
    const bad: string[] = [];
    for (const { name, version } of message.resources) {
      if (refuses(type, name, version)) {
        bad.push(name);
        continue;
      }
      if (type === "cds" && state.cds.get(name) !== version) {
        cold.add(name);
      }
      if (type === "eds") {
        cold.delete(name);
      }
      if (state[type].get(name) !== version || variant === "sotw" || bad.length === 0) {
        state[type].set(name, version);
      }
    }
    for (const name of goneIn(message, type)) {
      if (type === "cds" || type === "lds") {
        state[type].delete(name);
        accepted[type].delete(name);
        cold.delete(name);
      }
    }
    confirm(message, type, bad);
    followUp(type, before);
  }
  function goneIn(message: SessionMessage, type: ShortType): readonly string[] {
    if (variant === "delta") {
      return message.removed;
    }
    const named = new Set(message.resources.map(({ name }) => name));
    return type === "cds" || type === "lds" ? [...state[type].keys()].filter((name) => !named.has(name)) : [];
  }
  function confirm(message: SessionMessage, type: ShortType, bad: readonly string[]): void {
    nonces.set(message.typeUrl, message.nonce);
    if (bad.length === 0) {
      versions.set(message.typeUrl, message.versionInfo);
      message.resources.forEach(({ name, version }) => accepted[type].set(name, version));
      request(type, { nonce: message.nonce });
    } else {
      message.resources.forEach(({ name }) => accepted[type].delete(name));
      const head = type === "lds" ? "listener" : "cluster";
      const text = type === "cds" || type === "lds" ? `Error adding/updating ${head}(s) ${bad.map((name) => `${name}: bad`).join(", ")}` : "bad";
      request(type, { nonce: message.nonce, error: text });
    }
  }
  /** Clusters ask for their endpoints, listeners for their routes. State of the world: asks again even when the names are the same. */
  function followUp(type: ShortType, before: ReadonlySet<string>): void {
    const child = childOf[type];
    const wants = child === undefined ? undefined : wanted[child];
    if (child === undefined || wants === undefined) {
      return;
    }
    const subscribe = [...state[type].keys()].filter((name) => !before.has(name) || !wants.has(name));
    const unsubscribe = [...wants].filter((name) => !state[type].has(name));
    subscribe.forEach((name) => wants.add(name));
    for (const name of unsubscribe) {
      wants.delete(name);
      state[child].delete(name);
      accepted[child].delete(name);
    }
    if (variant === "sotw" || subscribe.length + unsubscribe.length > 0) {
      request(child, { subscribe, unsubscribe });
    }
  }
  const client: ModelClient = {
    state, accepted, cold, faults,
    get session() {
      return session;
    },
    snapshot(next) {
      latest = next;
      step({ type: "snapshot", snapshot: fakeSnapshot(next) });
    },
    toClient() {
      const message = fromServer.shift();
      if (message !== undefined) {
        apply(message);
      }
      return message !== undefined;
    },
    toServer() {
      const event = fromClient.shift();
      if (event !== undefined) {
        step(event);
      }
      return event !== undefined;
    },
    settle() {
      let steps = 0;
      while (client.toServer() || client.toClient()) {
        if (++steps > 2_000) {
          throw new Error("the conversation does not end");
        }
      }
    },
    reconnect() {
      session = open();
      fromServer = [];
      fromClient = [];
      step({ type: "snapshot", snapshot: fakeSnapshot(latest) });
      connect();
    },
  };
  connect();
  return client;
}
