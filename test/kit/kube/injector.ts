import { readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../../../scripts/lib/root.mjs";
import type { ApiServer } from "./api-server.ts";

export interface RegisteredInjector {
  /** Name of the MutatingWebhookConfiguration. */
  readonly name: string;
  /** Where the API server asks: `https://127.0.0.1:PORT/inject`. */
  readonly url: string;
  /** Only pods of these namespaces are asked about, so that tests see nothing of each other. */
  readonly namespaces: readonly string[];
  /** As the chart has it, unless a test says otherwise. */
  readonly failurePolicy?: "Ignore" | "Fail";
}

interface Configuration {
  readonly kind: string;
  readonly webhooks: readonly (Readonly<Record<string, unknown>> & { readonly namespaceSelector: { readonly matchExpressions: readonly unknown[] } })[];
}

/** Registers the injector as the chart does, with its selectors and conditions, but for some namespaces alone. Gives how to take it away again. */
export async function registerInjector(api: ApiServer, { name, url, namespaces, failurePolicy }: RegisteredInjector): Promise<() => Promise<void>> {
  const only = { key: "kubernetes.io/metadata.name", operator: "In", values: namespaces };
  const webhooks = chartWebhooks().map((webhook) => ({
    ...webhook,
    clientConfig: { url },
    ...(failurePolicy === undefined ? {} : { failurePolicy }),
    namespaceSelector: { matchExpressions: [...webhook.namespaceSelector.matchExpressions, only] },
  }));
  const at = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const answer = await api.request("POST", at, { body: { metadata: { name }, webhooks } });
  if (answer.status !== 201) throw new Error(`no webhook ${name}: ${JSON.stringify(answer.body)}`);
  return async () => {
    await api.request("DELETE", `${at}/${name}`);
  };
}

function chartWebhooks(): Configuration["webhooks"] {
  const text = readFileSync(path.join(root, "deploy", "kustomize", "base", "probeplane.yaml"), "utf8");
  const found = parseAllDocuments(text).map((document) => document.toJS() as Configuration | null).find((object) => object?.kind === "MutatingWebhookConfiguration");
  if (found === null || found === undefined) throw new Error("the chart has no MutatingWebhookConfiguration");
  return found.webhooks;
}
