import { readFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { createCredentials, type Credentials } from "./credentials.ts";

/** Where Kubernetes puts what a pod is to the API server. */
export const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface PodPlace {
  /** Default: Kubernetes' own. */
  readonly folder?: string;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The service account of the pod that we run in; undefined outside of one. */
export function podCredentials({ folder = serviceAccountFolder, env = process.env }: PodPlace = {}): Credentials | undefined {
  const [host, port] = [env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"] ?? "443"];
  if (host === undefined || host === "" || !existsSync(join(folder, "token"))) return undefined;
  return createCredentials({
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: existsSync(join(folder, "namespace")) ? readFileSync(join(folder, "namespace"), "utf8").trim() : undefined,
    read: async () => {
      const [token, ca] = await Promise.all([readFile(join(folder, "token"), "utf8"), readFile(join(folder, "ca.crt"))]);
      return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    },
  });
}
