import { createDeltaSession } from "../../src/core/session/delta-session.ts";
import type { Session, SessionMessage } from "../../src/core/session/session.ts";
import { createSotwSession } from "../../src/core/session/sotw-session.ts";
import { fakeSnapshot, shortType, shortTypes } from "./fake-snapshot.ts";
import type { ShortType, Versions } from "./fake-snapshot.ts";

/** Messages as short texts: `cds web@1 cache@1`, removed names with a minus. */
export function describeMessages(messages: readonly SessionMessage[]): string[] {
  return messages.map((message) =>
    [shortType(message.typeUrl), ...message.resources.map((r) => `${r.name}@${r.version}`), ...message.removed.map((n) => `-${n}`)].join(" "),
  );
}

/** One side of a conversation, in a few words, for either variant. Every call gives what the session sends, as short texts. */
export interface SessionScript {
  readonly session: Session;
  snapshot(versions: Versions): string[];
  /** Whole list of names in state of the world; added names in delta. */
  want(type: ShortType, names?: readonly string[], options?: WantOptions): string[];
  drop(type: ShortType, names: readonly string[]): string[];
  ack(type: ShortType): string[];
  nack(type: ShortType, message: string): string[];
  /** The last messages, whole. */
  last(): readonly SessionMessage[];
}

export interface WantOptions {
  readonly nonce?: string;
  readonly version?: string;
  readonly initialVersions?: Readonly<Record<string, string>>;
}

export function sotwScript(): SessionScript {
  const session = createSotwSession();
  const book = createBook();
  const wanted = new Map<ShortType, readonly string[]>();
  const request = (type: ShortType, more: { versionInfo?: string; responseNonce?: string; error?: string }): string[] =>
    book.take(session.step({
      type: "request",
      request: { typeUrl: shortTypes[type], versionInfo: "", responseNonce: book.nonce(type), resourceNames: wanted.get(type) ?? [], ...more },
    }));
  return {
    session,
    snapshot: (versions) => book.take(session.step({ type: "snapshot", snapshot: fakeSnapshot(versions) })),
    want(type, names = [], options = {}) {
      wanted.set(type, names);
      return request(type, {
        ...(options.nonce === undefined ? {} : { responseNonce: options.nonce }),
        ...(options.version === undefined ? {} : { versionInfo: options.version }),
      });
    },
    drop(type, names) {
      wanted.set(type, (wanted.get(type) ?? []).filter((name) => !names.includes(name)));
      return request(type, {});
    },
    ack: (type) => request(type, {}),
    nack: (type, error) => request(type, { error }),
    last: book.last,
  };
}

export function deltaScript(): SessionScript {
  const session = createDeltaSession();
  const book = createBook();
  const request = (type: ShortType, more: object): string[] =>
    book.take(session.step({
      type: "delta-request",
      request: { typeUrl: shortTypes[type], responseNonce: "", subscribe: [], unsubscribe: [], initialVersions: new Map(), ...more },
    }));
  return {
    session,
    snapshot: (versions) => book.take(session.step({ type: "snapshot", snapshot: fakeSnapshot(versions) })),
    want: (type, names = [], options = {}) =>
      request(type, {
        subscribe: names,
        responseNonce: options.nonce ?? "",
        initialVersions: new Map(Object.entries(options.initialVersions ?? {})),
      }),
    drop: (type, names) => request(type, { unsubscribe: names }),
    ack: (type) => request(type, { responseNonce: book.nonce(type) }),
    nack: (type, error) => request(type, { responseNonce: book.nonce(type), error }),
    last: book.last,
  };
}

function createBook(): { take(messages: readonly SessionMessage[]): string[]; nonce(type: ShortType): string; last(): readonly SessionMessage[] } {
  const nonces = new Map<string, string>();
  let last: readonly SessionMessage[] = [];
  return {
    take(messages) {
      last = messages;
      messages.forEach((message) => nonces.set(message.typeUrl, message.nonce));
      return describeMessages(messages);
    },
    nonce: (type) => nonces.get(shortTypes[type]) ?? "",
    last: () => last,
  };
}
