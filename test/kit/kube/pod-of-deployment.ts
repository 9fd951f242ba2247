import type { ApiServer } from "./api-server.ts";

interface Deployment {
  readonly spec: { readonly template: { readonly metadata?: object; readonly spec: object } };
}

/** Makes the Pod that the controllers of a Deployment would, and admission with it: none runs here. Gives its name. */
export async function podOfDeployment(api: ApiServer, namespace: string, deployment: string): Promise<string> {
  const found = await api.request("GET", `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`);
  if (found.status !== 200) throw new Error(`no deployment ${namespace}/${deployment}: ${JSON.stringify(found.body)}`);
  const { template } = (found.body as Deployment).spec;
  await api.request("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata: { name: "default" } } });
  const pod = { metadata: { ...template.metadata, generateName: `${deployment}-` }, spec: { ...template.spec, serviceAccountName: "default" } };
  const made = await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body: pod });
  if (made.status !== 201) throw new Error(`no pod of ${deployment}: ${JSON.stringify(made.body)}`);
  return (made.body as { readonly metadata: { readonly name: string } }).metadata.name;
}
