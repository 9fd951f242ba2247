import type { KubeObject } from "../../core/kubernetes/kube-object.ts";

/** A kind of the Kubernetes API, as its paths name it. */
export interface KubeKind {
  /** `kuma.io`; empty for the core group. */
  readonly group: string;
  /** `v1alpha1` */
  readonly version: string;
  /** `MeshHealthCheck` */
  readonly kind: string;
  /** `meshhealthchecks` */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Which object. */
export interface ObjectName {
  readonly name: string;
  /** For a namespaced kind. */
  readonly namespace?: string;
}

/** Which objects; nothing given: all of the kind, in every namespace. */
export interface ObjectSelection {
  readonly namespace?: string;
  /** As kubectl's `-l`. */
  readonly labelSelector?: string;
  /** As kubectl's `--field-selector`. */
  readonly fieldSelector?: string;
}

export interface ObjectPage<T> {
  readonly items: readonly T[];
  /** Version at which the list is right; a watch goes on from it. */
  readonly resourceVersion: string;
  /** Token of the next page; absent on the last one. */
  readonly continueToken?: string;
}

export interface ListOptions extends ObjectSelection {
  /** Objects a page; default: everything on one page. */
  readonly limit?: number;
  readonly continueToken?: string;
  /** `0`: what the API server has in its cache; absent: what is stored now. */
  readonly resourceVersion?: string;
}

/** One telling of a watch. A bookmark's object has a resourceVersion and nothing else. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

export interface WatchOptions<T> extends ObjectSelection {
  readonly resourceVersion: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Called once, when the server has accepted the watch. */
  readonly onOpen?: () => void;
  /** What came in one piece from the network; it must not throw. */
  readonly onEvents: (events: readonly WatchEvent<T>[]) => void;
}

export interface WriteOptions {
  /** `status`, `token` …; absent: the object itself. */
  readonly subresource?: string;
  /** Who writes, for `managedFields`; default `probeplane`. */
  readonly fieldManager?: string;
  /** Everything is checked and answered, nothing is stored. */
  readonly dryRun?: boolean;
}

export interface PatchOptions extends WriteOptions {
  /** Default `merge` (RFC 7396); `json` is RFC 6902; `apply` is server-side apply. */
  readonly type?: "merge" | "json" | "strategic" | "apply";
  /** With `apply`: take over fields that others manage. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Deletes only this very object. */
  readonly uid?: string;
  /** Deletes only this version of it. */
  readonly resourceVersion?: string;
}

/**
 * The one way to the API server. Each promise rejects with a KubeError, whatever goes wrong. Nothing is repeated here, except once
 * after 401, with credentials read anew; `followObjects` keeps lists, `createBackOff` waits. Safe to use before anything answers: constructing does no request.
 */
export interface KubeClient {
  /** For logs: `https://10.0.0.1:443`. */
  readonly server: string;
  /** The namespace this process runs in, or that the kubeconfig's context names. */
  readonly namespace: string | undefined;
  get<T extends KubeObject>(kind: KubeKind, at: ObjectName): Promise<T>;
  /** One page. 410 for a continue token that has expired. */
  list<T extends KubeObject>(kind: KubeKind, options?: ListOptions): Promise<ObjectPage<T>>;
  /** Resolves when the server ends the watch (they all end after some minutes) or `signal` says so; 410 when the version is too old. */
  watch<T extends KubeObject>(kind: KubeKind, options: WatchOptions<T>): Promise<void>;
  /** Also for what only answers: TokenReview, TokenRequest (subresource `token`), SubjectAccessReview. `at.name` is needed for a subresource alone. */
  create<T extends KubeObject, A = T>(kind: KubeKind, at: Partial<ObjectName>, object: T, options?: WriteOptions): Promise<A>;
  /** Writes the whole object; 409 when its resourceVersion is not what is stored. */
  replace<T extends KubeObject>(kind: KubeKind, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(kind: KubeKind, at: ObjectName, patch: unknown, options?: PatchOptions): Promise<T>;
  /** False when there was none. */
  delete(kind: KubeKind, at: ObjectName, options?: DeleteOptions): Promise<boolean>;
  /** Body of a path that is no object: `/version`, `/readyz`. */
  read(path: string): Promise<string>;
  /** Ends every request and watch; what was asked for rejects. */
  close(): Promise<void>;
}
