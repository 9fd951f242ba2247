import { hostname } from "node:os";
import { kubeKinds } from "../../edge/kube-client/kinds.ts";
import { isTransient } from "../../edge/kube-client/kube-error.ts";
import { openKubeClient } from "../../edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../edge/kube-client/port.ts";
import { StoreUnavailable } from "../../edge/source/store-error.ts";
import type { Config } from "../../edge/config/config.ts";
import { CommandFailure, exitStatus, messageOf } from "../exit-status.ts";

/** The cluster, and who this control plane is in it. */
export interface Cluster {
  readonly client: KubeClient;
  /** Its own namespace. */
  readonly namespace: string;
  /** Name of its own pod, or what stands for it. */
  readonly podName: string;
  /** Those of the configuration, and its own. */
  readonly systemNamespaces: readonly string[];
}

/** Where it is when nothing says so. */
const usualNamespace = "probeplane-system";

/** Finds the API server; asks it nothing yet. @throws CommandFailure when there is none to be found. */
export async function openCluster({ kubernetes }: Config): Promise<Cluster> {
  const { kubeconfig, systemNamespaces } = kubernetes;
  const client = await openKubeClient(kubeconfig === undefined ? {} : { kubeconfig }).catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--kubernetes-kubeconfig: ${messageOf(error)}`);
  });
  const namespace = kubernetes.namespace ?? client.namespace ?? usualNamespace;
  return { client, namespace, podName: kubernetes.podName ?? hostname(), systemNamespaces: [...new Set([...systemNamespaces, namespace])] };
}

/**
 * What a cluster is known by: the UID of its namespace `kube-system`. Undefined where that may not be read.
 *
 * @throws StoreUnavailable when the API server does not answer.
 */
export async function readClusterId(client: Pick<KubeClient, "list">): Promise<string | undefined> {
  try {
    const { items } = await client.list(kubeKinds.namespace, { fieldSelector: "metadata.name=kube-system", limit: 1 });
    return items[0]?.metadata.uid;
  } catch (error) {
    if (!isTransient(error)) return undefined;
    throw new StoreUnavailable("unreachable", `Kubernetes: ${error.message}`, { cause: error });
  }
}
