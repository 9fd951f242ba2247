/** What a test of Kubernetes mode runs: paths of programs. */
export interface KubeBinaries {
  /** kube-apiserver with its etcd in one process. */
  readonly apiserver: string;
  readonly kubectl: string;
  readonly helm: string;
}

/** They cannot be had on this machine; the message says why and what helps. */
export declare class KubeUnavailable extends Error {}

export interface KubeBinariesOptions {
  /** Where `KUBE_BINARIES` is looked up; default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where built binaries are kept; default `.cache/kube` in the checkout. */
  readonly cacheDir?: string;
  /** Folder of the Go module; default `test/kube/apiserver`. */
  readonly sources?: string;
  /** Program to build with; default `go`. */
  readonly go?: string;
  /** Told once when something is about to be built. */
  readonly log?: (line: string) => void;
}

/**
 * The folder `KUBE_BINARIES` where it is set, else what was built from the sources as they are, else built now. Several processes may ask
 * at once: one builds, the others wait.
 *
 * @throws KubeUnavailable where there is neither a build nor Go.
 */
export declare function kubeBinaries(options?: KubeBinariesOptions): Promise<KubeBinaries>;
