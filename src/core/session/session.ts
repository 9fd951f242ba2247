import type { EncodedResource, Snapshot } from "../snapshot/snapshot.ts";
import type { ResourceKey } from "../model/resource.ts";

/** What comes to a session: requests of its client, a newer snapshot. Time and bytes stay outside. */
export type SessionEvent =
  | { readonly type: "request"; readonly request: SotwRequest }
  | { readonly type: "delta-request"; readonly request: DeltaRequest }
  | { readonly type: "snapshot"; readonly snapshot: Snapshot };

/** The parts of a DiscoveryRequest that the protocol's rules look at. */
export interface SotwRequest {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly responseNonce: string;
  readonly resourceNames: readonly string[];
  /** `error_detail.message`; present: a NACK. */
  readonly error?: string;
}

/** The parts of a DeltaDiscoveryRequest that the protocol's rules look at. */
export interface DeltaRequest {
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  readonly initialVersions: ReadonlyMap<string, string>;
  readonly error?: string;
}

/** One response to send, still without bytes. State of the world leaves `removed` empty. */
export interface SessionMessage {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly nonce: string;
  readonly resources: readonly EncodedResource[];
  readonly removed: readonly string[];
}

/** What a client refused, for people: on the proxy and on the policies that made the resource. */
export interface Rejection {
  readonly typeUrl: string;
  /** Names that Envoy's text blames; all of the response when it blames none. */
  readonly resources: readonly string[];
  readonly madeFrom: readonly ResourceKey[];
  /** Envoy's own text. */
  readonly message: string;
  readonly nonce: string;
}

/** Counts per type URL, for the API and the metrics. */
export interface TypeCounts {
  sent: number;
  acknowledged: number;
  rejected: number;
  /** Responses that the client has neither confirmed nor refused so far, nor a later one. */
  awaiting: number;
  /** The client came with something of the type, which it had confirmed before. */
  resumed?: true;
}

/** One ADS client's side of the protocol. A session belongs to its stream and changes only in `step`. */
export interface Session {
  /**
   * Takes one event and returns what has to be sent, in this order. Never throws for what a client says.
   * A session of one variant throws a TypeError when it is handed a request of the other: that is a mistake of ours.
   */
  step(event: SessionEvent): readonly SessionMessage[];
  /** What the client refuses at present. The array is a new one only when that changed. */
  readonly rejections: readonly Rejection[];
  /** By type URL; only types that we serve. */
  readonly counts: ReadonlyMap<string, Readonly<TypeCounts>>;
}
