import type { ApiServer } from "./api-server.ts";

/** An object as a manifest has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Plurals that are no mere `s` behind the kind in lower case. */
const plurals: Readonly<Record<string, string>> = { Mesh: "meshes" };

/** Path of an object in the API. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${group}${namespace}/${plurals[kind] ?? `${kind.toLowerCase()}s`}/${metadata.name}`;
}

/** Applies an object as `kubectl apply --server-side` does, and fails when it is refused. */
export async function applyObject(api: ApiServer, object: Manifest): Promise<void> {
  const answer = await api.request("PATCH", `${pathOf(object)}?fieldManager=test&force=true`, { body: object, contentType: "application/apply-patch+yaml" });
  if (answer.status >= 300) throw new Error(`${object.kind} ${object.metadata.name} was refused: ${JSON.stringify(answer.body)}`);
}

/** Deletes an object at once, whatever its grace; nothing when it is not there. */
export async function deleteObject(api: ApiServer, object: Pick<Manifest, "apiVersion" | "kind" | "metadata">): Promise<void> {
  const answer = await api.request("DELETE", pathOf(object), { body: { gracePeriodSeconds: 0 } });
  if (answer.status >= 300 && answer.status !== 404) throw new Error(`${object.kind} ${object.metadata.name} was not deleted: ${JSON.stringify(answer.body)}`);
}
