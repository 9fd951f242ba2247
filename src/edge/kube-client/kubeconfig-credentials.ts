import type { OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { createCredentials, type Credentials, type ReadCredentials } from "./credentials.ts";
import { KubeError } from "./kube-error.ts";

/**
 * What a kubeconfig file says, its commands and sign-ins included; without a path as kubectl finds it: KUBECONFIG, else ~/.kube/config.
 * The library that reads it takes 90 MB and is loaded here alone: a pod does without.
 *
 * @throws KubeError when there is none, or when it names no cluster.
 */
export async function kubeconfigCredentials(path: string | undefined): Promise<Credentials> {
  const { KubeConfig: Reader } = await import("@kubernetes/client-node");
  const load = (): KubeConfig => {
    const config = new Reader();
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
    return config;
  };
  let config = readable(load, path);
  const cluster = config.getCurrentCluster();
  const nowhere = path === undefined && cluster?.server === "http://localhost:8080" && cluster.name === "cluster";
  if (cluster === null || nowhere) {
    throw new KubeError(0, nowhere ? `there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config is there, and ${notAsPod()}` : `${path ?? "kubeconfig"}: no cluster is chosen (current-context)`);
  }
  return createCredentials({
    server: cluster.server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    read: async (refused) => {
      // A file is written anew when tokens in it are replaced.
      if (refused) config = readable(load, path);
      return await readFrom(config);
    },
  });
}

function notAsPod(): string {
  const inPod = (process.env["KUBERNETES_SERVICE_HOST"] ?? "") !== "";
  return inPod ? "this pod has no token of its service account (automountServiceAccountToken)" : "this is no pod";
}

async function readFrom(config: KubeConfig): Promise<ReadCredentials> {
  const cluster = config.getCurrentCluster();
  if (cluster?.server.startsWith("http:") === true) return { headers: {}, tls: {} };
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername, auth, agent } = options;
  const basic = typeof auth === "string" ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
  const tls = Object.fromEntries(Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined));
  const proxy = cluster?.proxyUrl !== undefined && typeof agent === "object" ? { agent } : {};
  return { headers: { ...(options.headers as OutgoingHttpHeaders | undefined), ...basic }, tls, ...proxy };
}

function readable(load: () => KubeConfig, path: string | undefined): KubeConfig {
  try {
    return load();
  } catch (error) {
    // Only the first line, and not the error itself: a YAML parser cites the lines around, and tokens stand there.
    const [said = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new KubeError(0, `${path ?? "kubeconfig"} cannot be read: ${said}`, { reason: "Credentials" });
  }
}
