import { readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../../../scripts/lib/root.mjs";
import type { ApiServer } from "./api-server.ts";

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

interface RoleObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly resourceNames?: readonly string[] }[];
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly Subject[];
}

const paths: Readonly<Record<string, string>> = { ClusterRole: "clusterroles", ClusterRoleBinding: "clusterrolebindings", Role: "roles", RoleBinding: "rolebindings" };

export interface ChartRoleOptions {
  /** Name of the ValidatingWebhookConfiguration and of the MutatingWebhookConfiguration that it may change; default: the chart's. */
  readonly webhookConfiguration?: string;
}

/**
 * Gives a service account `probeplane` of this namespace what the chart gives the control plane there, and no more. Cluster roles get the
 * namespace's name, so that tests do not share them. Gives a token of that account.
 */
export async function grantChartRole(api: ApiServer, namespace: string, { webhookConfiguration }: ChartRoleOptions = {}): Promise<string> {
  const objects = parseAllDocuments(readFileSync(path.join(root, "deploy", "kustomize", "base", "probeplane.yaml"), "utf8")).map((document) => document.toJS() as RoleObject | null);
  for (const object of objects) {
    if (object === null || paths[object.kind] === undefined) continue;
    const own = moved(object, namespace, webhookConfiguration);
    const at = `/apis/rbac.authorization.k8s.io/v1/${own.metadata.namespace === undefined ? "" : `namespaces/${namespace}/`}${paths[own.kind] ?? ""}/${own.metadata.name}?fieldManager=test&force=true`;
    const answer = await api.request("PATCH", at, { body: own, contentType: "application/apply-patch+yaml" });
    if (answer.status >= 300) throw new Error(`${own.kind} ${own.metadata.name} was refused: ${JSON.stringify(answer.body)}`);
  }
  return await api.tokenFor({ namespace, serviceAccount: "probeplane" });
}

function moved({ metadata, rules, roleRef, subjects, ...rest }: RoleObject, namespace: string, webhook: string | undefined): RoleObject {
  const name = metadata.namespace === undefined ? `${metadata.name}-${namespace}` : metadata.name;
  return {
    ...rest,
    metadata: { name, ...(metadata.namespace === undefined ? {} : { namespace }) },
    ...(rules === undefined ? {} : { rules: rules.map((rule) => (rule.resourceNames === undefined || webhook === undefined ? rule : { ...rule, resourceNames: [webhook] })) }),
    ...(roleRef === undefined ? {} : { roleRef: { ...roleRef, name: rest.kind === "ClusterRoleBinding" ? `${roleRef.name}-${namespace}` : roleRef.name } }),
    ...(subjects === undefined ? {} : { subjects: subjects.map((subject) => ({ ...subject, namespace })) }),
  };
}
