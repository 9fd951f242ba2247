import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { kubeKinds } from "../../kube-client/kinds.ts";
import { hasStatus } from "../../kube-client/kube-error.ts";
import type { KubeClient } from "../../kube-client/port.ts";
import { readKept, renewKept, writeKept, type KeptCertificates } from "./kept-certificates.ts";

export interface KubeSecret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface CertificateSecretOptions {
  readonly client: Pick<KubeClient, "get" | "create" | "replace">;
  readonly namespace: string;
  readonly secret: string;
  /** What the server's certificate is for. */
  readonly names: readonly string[];
  readonly now: () => Date;
}

/** Each replica may win once before it is our turn. */
const tries = 20;
const longestWaitMs = 200;

/**
 * The certificates in a Secret, after what has to be made has been made and stored. Of replicas that do it at the same time one wins,
 * and the others take what it made. `known`: what was there before, put back when it is gone: whoever trusts it cannot be asked to
 * trust another. Rejects with a KubeError.
 */
export async function keepInSecret(options: CertificateSecretOptions, known: KeptCertificates | undefined): Promise<{ readonly kept: KeptCertificates; readonly written: boolean }> {
  const { names, now } = options;
  for (let left = tries; ; left--) {
    const stored = await read(options);
    const found = readKept(stored?.data);
    const base = found.authorities.length === 0 && known !== undefined ? known : found;
    const renewed = await renewKept(base, names, now());
    if (renewed === undefined && base === found) return { kept: found, written: false };
    const wanted = renewed ?? base;
    try {
      await write(options, stored, wanted);
      return { kept: wanted, written: true };
    } catch (error) {
      if (!hasStatus(error, 409) || left <= 1) throw error;
    }
    await sleep(Math.random() * longestWaitMs);
  }
}

async function read({ client, namespace, secret }: CertificateSecretOptions): Promise<KubeSecret | undefined> {
  try {
    return await client.get<KubeSecret>(kubeKinds.secret, { namespace, name: secret });
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

async function write({ client, namespace, secret }: CertificateSecretOptions, stored: KubeSecret | undefined, kept: KeptCertificates): Promise<void> {
  const data = { ...stored?.data, ...writeKept(kept) };
  if (stored !== undefined) {
    await client.replace<KubeSecret>(kubeKinds.secret, { ...stored, data });
    return;
  }
  const metadata = { name: secret, namespace, labels: { "app.kubernetes.io/managed-by": "probeplane" } };
  await client.create<KubeSecret>(kubeKinds.secret, { namespace }, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data });
}
