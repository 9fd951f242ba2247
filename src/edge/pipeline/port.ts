import type { JsonObject } from "../../core/base/json.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Rejection, TypeCounts } from "../../core/session/session.ts";
import type { IdentityPlan } from "../../core/model/mesh-tls-plan.ts";
import type { ProxySecrets } from "../../core/model/mesh-tls-secrets.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { World } from "../../core/model/world.ts";
import type { PolicyUse } from "./policy-use.ts";

export type { PolicyUse } from "./policy-use.ts";

/** Which proxy a stream speaks for. */
export interface ProxyKey {
  readonly mesh: string;
  readonly name: string;
}

/**
 * What the ADS server needs from the rest: snapshots by pull, and a nudge when there is a newer one. A slow reader pulls late and
 * gets the newest; nothing queues for it.
 */
export interface ProxySnapshots {
  /** Registers a stream, with what its node says of itself. `onStale` is called (never re-entrantly, never with data) when `snapshot()` would give something new. */
  connect(proxy: ProxyKey, onStale: () => void, metadata?: JsonObject): ProxyConnection;
  /** False until the first whole World is there; until then streams wait. */
  readonly ready: boolean;
  /** When all that the source has told so far is in the World; undefined: it is. */
  settled(): Promise<void> | undefined;
}

export interface ProxyConnection {
  /**
   * The newest snapshot; undefined when the World has no such Dataplane. When it cannot be made, the last good one; throws when there is
   * none of that either.
   */
  snapshot(): Snapshot | undefined;
  /** Replaces what this stream's client currently refuses (empty: nothing). */
  reportRejections(rejections: readonly Rejection[]): void;
  /** Hands in the stream's counts, once: the map is live. */
  reportCounts(counts: ReadonlyMap<string, Readonly<TypeCounts>>): void;
  /** The client has confirmed or refused something, or asked for more. */
  confirmed(): void;
  close(): void;
}

/** Who gives proxies the certificates of mutual TLS. Nothing waits for it: what is not there yet comes later, by a nudge. */
export interface ProxyIdentities {
  /** Registers a stream. `onChange` is called (never re-entrantly, never with data) when `secrets()` would give something new. */
  open(proxy: ProxyKey, onChange: () => void): ProxyIdentity;
}

export interface ProxyIdentity {
  /** Who the newest plan says that the proxy is; undefined: nobody. Costs nothing where that is what it was. */
  want(identity: IdentityPlan | undefined): void;
  /** What there is at present; the same object for as long as nothing changes. Undefined: nothing is wanted. */
  secrets(): ProxySecrets | undefined;
  close(): void;
}

/** Where control planes tell each other which proxies take mutual TLS. What it is told it writes when it can; it never throws. */
export interface SharedReadiness {
  read(mesh: string): readonly string[];
  add(mesh: string, names: readonly string[]): void;
  /** The mesh has no mutual TLS any more. */
  clear(mesh: string): void;
  onChange(listener: () => void): void;
}

/** A refusal that stands at present, with the proxy that refuses. */
export interface StandingRejection extends Rejection {
  readonly proxy: ProxyKey;
  /** RFC 3339. */
  readonly since: string;
}

/** What the API and the diagnostics read. */
export interface PipelineView {
  world(): World;
  readonly ready: boolean;
  /** When all that the source has told so far is in the World; undefined: it is. */
  settled(): Promise<void> | undefined;
  rejectionsOf(key: ResourceKey): readonly StandingRejection[];
  connected(): readonly ConnectedProxy[];
}

/** What whoever tells about policies reads. */
export interface PolicyUseView extends Pick<PipelineView, "world" | "ready" | "rejectionsOf"> {
  /** How the policies of the World stand with the proxies that are connected here. */
  policyUse(): PolicyUseReading;
  /**
   * Calls back, never with data, when the World changes, a proxy comes or goes, or what it refuses changes; not when it confirms
   * something. Returns what ends it.
   */
  onActivity(listener: () => void): () => void;
}

export interface PolicyUseReading {
  /** By the text of a policy's key; only where some proxy needs it. */
  readonly uses: ReadonlyMap<string, PolicyUse>;
  /** Proxies that have not been given their share of the newest World: what they need is what they needed before. Mostly over within milliseconds. */
  readonly unplanned: number;
}

export interface ConnectedProxy {
  /** Of this stream; unique. */
  readonly id: string;
  readonly proxy: ProxyKey;
  readonly connectedAt: string;
  /** When it last was given something else than before, RFC 3339; absent: nothing yet. */
  readonly updatedAt?: string;
  /** `node.metadata`, without the Dataplane and the token that a bootstrap may carry. */
  readonly metadata: JsonObject;
  readonly counts: ReadonlyMap<string, Readonly<TypeCounts>>;
  /** Nothing is newer than what it was sent, and it has confirmed or refused all of that. */
  readonly isCurrent: boolean;
  readonly rejections: readonly StandingRejection[];
  /** What it refused last, whether it still does or not. */
  readonly lastRejection?: StandingRejection;
}
