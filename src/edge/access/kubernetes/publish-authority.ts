import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { kubeKinds } from "../../kube-client/kinds.ts";
import { hasStatus } from "../../kube-client/kube-error.ts";
import type { KubeClient } from "../../kube-client/port.ts";

type PublishClient = Pick<KubeClient, "get" | "create" | "patch">;

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string } }[];
}

/** A configuration by which the API server calls a webhook. */
export interface WebhookName {
  readonly kind: "validatingWebhookConfiguration" | "mutatingWebhookConfiguration";
  readonly name: string;
}

/** Puts the authority (PEM) into `ca.crt` of a ConfigMap, which is made when it is not there. True: it had to be written. */
export async function publishInConfigMap(client: PublishClient, at: { readonly namespace: string; readonly name: string }, caPem: string): Promise<boolean> {
  const present = await unlessMissing(client.get<ConfigMap>(kubeKinds.configMap, at));
  if (present?.data?.["ca.crt"] === caPem) return false;
  const data = { "ca.crt": caPem };
  if (present !== undefined) {
    await client.patch<ConfigMap>(kubeKinds.configMap, at, { data });
    return true;
  }
  const metadata = { ...at, labels: { "app.kubernetes.io/managed-by": "probeplane" } };
  try {
    await client.create<ConfigMap>(kubeKinds.configMap, { namespace: at.namespace }, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
  } catch (error) {
    // Another replica was quicker; what it wrote is looked at the next time.
    if (!hasStatus(error, 409)) throw error;
  }
  return true;
}

/**
 * Has the API server trust the authority (PEM) in all webhooks of a configuration. They are named one by one, so that what somebody
 * else changes at the same time stays. False: nothing had to be written; undefined: there is no such configuration.
 */
export async function publishInWebhooks(client: PublishClient, { kind, name }: WebhookName, caPem: string): Promise<boolean | undefined> {
  const configuration = await unlessMissing(client.get<WebhookConfiguration>(kubeKinds[kind], { name }));
  if (configuration === undefined) return undefined;
  const caBundle = Buffer.from(caPem).toString("base64");
  const stale = (configuration.webhooks ?? []).filter(({ clientConfig }) => clientConfig.caBundle !== caBundle);
  if (stale.length === 0) return false;
  const webhooks = stale.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } }));
  await client.patch(kubeKinds[kind], { name }, { webhooks }, { type: "strategic" });
  return true;
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
