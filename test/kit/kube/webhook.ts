import type { ApiServer } from "./api-server.ts";

export interface RegisteredWebhook {
  /** Name of the ValidatingWebhookConfiguration. */
  readonly name: string;
  /** Where the API server asks: `https://127.0.0.1:PORT/validate`. */
  readonly url: string;
  /** Only objects of this namespace; cluster-scoped ones are asked about all the same. */
  readonly namespace: string;
  /** As the chart has it, unless a test says otherwise. */
  readonly failurePolicy?: "Ignore" | "Fail";
}

/** Registers a validating webhook for the policies of one namespace, as the chart does for all. Gives how to take it away again. */
export async function registerWebhook(api: ApiServer, { name, url, namespace, failurePolicy = "Ignore" }: RegisteredWebhook): Promise<() => Promise<void>> {
  const webhook = {
    name: "validate.kuma.io",
    admissionReviewVersions: ["v1"],
    clientConfig: { url },
    failurePolicy,
    sideEffects: "None",
    timeoutSeconds: 5,
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    rules: [
      { apiGroups: ["kuma.io"], apiVersions: ["v1alpha1"], operations: ["CREATE", "UPDATE"], resources: ["meshhealthchecks", "meshservices", "meshexternalservices"] },
      { apiGroups: ["kuma.io"], apiVersions: ["v1alpha1"], operations: ["DELETE"], resources: ["meshes"] },
    ],
  };
  const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  const answer = await api.request("POST", path, { body: { metadata: { name }, webhooks: [webhook] } });
  if (answer.status !== 201) throw new Error(`no webhook ${name}: ${JSON.stringify(answer.body)}`);
  return async () => {
    await api.request("DELETE", `${path}/${name}`);
  };
}
