import type { EncodedResource, TypeSnapshot } from "../snapshot/snapshot.ts";
import { NonceSequence } from "./nonce-sequence.ts";
import type { Rejection, TypeCounts } from "./session.ts";
import { createSubscription } from "./subscription.ts";
import type { Subscription } from "./subscription.ts";

/** A resource as a client has it: the bytes, or only the version that the client told us. */
export type Held = EncodedResource | { readonly version: string };

/** What a client has of one type. Never changed in place: often it is the snapshot's own map, shared by all who hold it. */
export type Holdings = ReadonlyMap<string, Held>;

/** A response that the client has neither confirmed nor refused. */
export interface Unconfirmed {
  readonly nonce: string;
  readonly sent: readonly EncodedResource[];
  /** What the client has once it has taken this response. */
  after: Holdings;
}

/** One version of a resource that the client refused. While it is the newest, the client keeps what it has. */
export interface RefusedResource {
  readonly version: string;
  /**
   * Keep the refused version in a state of the world all the same: the client may hold an older one from an earlier stream, and a
   * set without the name would take that away.
   */
  readonly asItIs: boolean;
  readonly rejection: Rejection;
}

/** The resources that a list of names stands for; holds for as long as resources and names are the same objects. */
export interface Selection {
  readonly of: ReadonlyMap<string, EncodedResource>;
  readonly names: ReadonlySet<string>;
  readonly selected: ReadonlyMap<string, EncodedResource>;
}

/** All that a session knows about one type. */
export interface TypeState {
  readonly typeUrl: string;
  readonly subscription: Subscription;
  snapshot: TypeSnapshot | undefined;
  /** What the client has, as far as what we sent tells. */
  held: Holdings;
  /** What the client has confirmed; undefined: nothing on this stream. */
  confirmed: Holdings | undefined;
  unconfirmed: Unconfirmed[];
  readonly nonces: NonceSequence;
  /** Of the last response. */
  nonce: string;
  /** Names to answer whatever their version. */
  due: Set<string>;
  /** Endpoints only: clusters that were just sent, and whose endpoints have to follow whatever their version. */
  sentClusters: readonly EncodedResource[];
  /** What the subscription came to last. */
  selection: Selection | undefined;
  /** Something may have to be sent. */
  stale: boolean;
  /** The first request is answered even when there is nothing of this type. */
  owesFirstAnswer: boolean;
  /** State of the world only: the client came with a version, so it holds something that we do not know. */
  cameWithState: boolean;
  /** State of the world only: send the whole set again, because a refused one was partly applied. */
  restore: boolean;
  /** Restorations since the last confirmation. */
  restored: number;
  refused: Map<string, RefusedResource>;
  readonly counts: TypeCounts;
}

const nothing: Holdings = new Map();

export function createTypeState(typeUrl: string, snapshot: TypeSnapshot | undefined): TypeState {
  return {
    typeUrl,
    subscription: createSubscription(),
    snapshot,
    held: nothing,
    confirmed: undefined,
    unconfirmed: [],
    nonces: new NonceSequence(),
    nonce: "",
    due: new Set(),
    sentClusters: [],
    selection: undefined,
    stale: false,
    owesFirstAnswer: false,
    cameWithState: false,
    restore: false,
    restored: 0,
    refused: new Map(),
    counts: { sent: 0, acknowledged: 0, rejected: 0, awaiting: 0 },
  };
}

/** Whether we have the bytes. */
export function isEncoded(held: Held | undefined): held is EncodedResource {
  return held !== undefined && "writeTo" in held;
}

/** A copy of `holdings` in which each name has what `replacement` gives for it; undefined: no more. */
export function replaceHeld(holdings: Holdings, names: Iterable<string>, replacement: (name: string) => Held | undefined): Holdings {
  const copy = new Map(holdings);
  for (const name of names) {
    const held = replacement(name);
    if (held === undefined) {
      copy.delete(name);
    } else {
      copy.set(name, held);
    }
  }
  return copy;
}
