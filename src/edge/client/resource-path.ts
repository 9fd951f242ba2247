import type { ResourceKindDescriptor } from "../../core/model/kind.ts";

/** Query parameters; undefined: left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Where the API has one resource. */
export function itemPath(kind: ResourceKindDescriptor, { mesh, name }: { readonly mesh: string; readonly name: string }, query: Query = {}): string {
  return `${folderOf(kind, mesh)}/${encodeURIComponent(name)}${queryText(query)}`;
}

/** Where the API lists a kind: in a mesh, or (undefined) in all. */
export function listPath(kind: ResourceKindDescriptor, mesh: string | undefined, query: Query = {}): string {
  return `${mesh === undefined ? `/${kind.path}` : folderOf(kind, mesh)}${queryText(query)}`;
}

/** Where the API has something about one resource, such as `…/dataplanes/web-1/_config`. */
export function aboutPath(kind: ResourceKindDescriptor, key: { readonly mesh: string; readonly name: string }, what: string, query: Query = {}): string {
  return `${itemPath(kind, key)}/${what}${queryText(query)}`;
}

function folderOf({ scope, path }: ResourceKindDescriptor, mesh: string): string {
  return scope === "Mesh" ? `/meshes/${encodeURIComponent(mesh)}/${path}` : `/${path}`;
}

function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.append(name, value);
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}
