import type { CommandResult, ToolOptions } from "./tools.ts";

/** What starting an API server of one's own takes. */
export interface ApiServerOptions {
  /** More flags of `kube-apiserver`, as `--name=value`; one given here wins over the kit's own of the same name. */
  readonly flags?: readonly string[];
}

/** Whose token it is to be. Namespace and account are made where they are not there yet. */
export interface TokenRequest {
  readonly namespace: string;
  /** Name of the ServiceAccount; default `default`. */
  readonly serviceAccount?: string;
  /** Default: the API server's own audience, so that the token opens the API server itself. */
  readonly audiences?: readonly string[];
  /** Binds it to this Pod, which has to be there: TokenReview then names the Pod (`authentication.kubernetes.io/pod-name`). */
  readonly pod?: string;
  /**
   * How long it holds, in seconds; default 3600. The API server issues none of under 600: such a one is signed by the kit, with the same
   * key and claims. One that was used is taken for up to 10 s longer, for so long the API server remembers its own verdict.
   */
  readonly lifetimeSeconds?: number;
}

/** What the API server answered; the body as parsed JSON, as text where it is none. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Default `application/json`; for PATCH `application/merge-patch+json`. */
  readonly contentType?: string;
  /** Default: the administrator's. */
  readonly token?: string;
}

/**
 * A real kube-apiserver with etcd, and nothing else of Kubernetes: no controller runs. So nobody sets a Pod's status, deletes what an owner
 * left, writes EndpointSlices or finishes the deletion of a namespace, and no namespace has a `default` ServiceAccount: the kit's `playKubelet`, `tokenFor` and
 * unique namespaces stand in. Admission by ServiceAccount is off, authorization is RBAC.
 */
export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM file of the authority that signed its certificate. */
  readonly caFile: string;
  /** Of a user in `system:masters`. */
  readonly adminToken: string;
  /** Of the user `nobody`, who may do nothing but ask who they are. */
  readonly nobodyToken: string;
  readonly pid: number;
  tokenFor(request: TokenRequest): Promise<string>;
  /** Writes a kubeconfig file, mode 0600, and gives its path. Default: the administrator's token, namespace `default`. */
  kubeconfig(options?: { readonly token?: string; readonly namespace?: string }): Promise<string>;
  /** Makes a namespace with a name that nobody else has, and gives it. */
  createNamespace(prefix?: string, labels?: Readonly<Record<string, string>>): Promise<string>;
  /** Makes all kinds of `crds/` known, and resolves when each can be used. As often as one likes. */
  applyCrds(): Promise<void>;
  /** One request, as administrator unless told otherwise; any status is an answer. */
  request(method: string, path: string, options?: RequestOptions): Promise<ApiAnswer>;
  /** The real kubectl, with the administrator's kubeconfig unless `options.kubeconfig` names another. */
  kubectl(args: readonly string[], options?: ToolOptions): Promise<CommandResult>;
  /** The real helm, likewise. */
  helm(args: readonly string[], options?: ToolOptions): Promise<CommandResult>;
  /** SIGKILL; resolves when it is gone. What was stored stays. */
  kill(): Promise<void>;
  /** Kills it if it runs, starts it again on the same port and data, and resolves when it is ready. */
  restart(): Promise<void>;
  /** Stands still (SIGSTOP): connections stay, nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}
