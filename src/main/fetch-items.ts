import type { JsonObject } from "../core/base/json.ts";
import type { ResourceKindDescriptor } from "../core/model/kind.ts";
import { hasStatusColumns } from "../core/view/columns.ts";
import type { Target } from "../core/policy/read-targets.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import type { Query } from "../edge/client/resource-path.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { ItemFormat } from "./print-items.ts";

/** Which resources to show. */
export interface Selection extends Target {
  /** Undefined: all meshes. */
  readonly mesh: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly nameContains: string | undefined;
  readonly output: ItemFormat;
}

/** Resources of one kind, as the API gives them. */
export interface ItemGroup {
  readonly kind: ResourceKindDescriptor;
  readonly items: readonly JsonObject[];
}

/** What was selected, kinds in the order in which they were named; and what is to say of each that was named and is not there. */
export async function fetchItems(client: ApiClient, selections: readonly Selection[]): Promise<{ readonly groups: readonly ItemGroup[]; readonly missing: readonly string[] }> {
  const groups = new Map<ResourceKindDescriptor, JsonObject[]>();
  const missing: string[] = [];
  for (const selection of selections) {
    const { kind, name, mesh = "" } = selection;
    const items = groups.get(kind) ?? [];
    groups.set(kind, items);
    if (name === undefined) items.push(...(await client.list(kind, kind.scope === "Mesh" ? selection.mesh : "", queryOf(selection))));
    else {
      const item = await client.get({ kind: kind.kind, mesh: kind.scope === "Mesh" ? mesh : "", name }, queryOf(selection));
      if (item !== undefined) items.push(item);
      else missing.push(`there is no ${kind.kind} with name "${name}"${kind.scope === "Mesh" ? ` in mesh "${mesh}"` : ""}`);
    }
  }
  return { groups: [...groups].map(([kind, items]) => ({ kind, items })), missing };
}

/** One resource that is not there and a mesh that is not there are both 404; who misspells the mesh wants to hear of the mesh. */
export async function requireMeshThere(client: ApiClient, selections: readonly Selection[]): Promise<void> {
  const named = selections.find(({ kind, name, mesh }) => kind.scope === "Mesh" && name !== undefined && mesh !== undefined);
  if (named?.mesh === undefined || (await client.get({ kind: "Mesh", mesh: "", name: named.mesh })) !== undefined) return;
  throw new CommandFailure(exitStatus.invalid, `there is no Mesh with name "${named.mesh}"`);
}

function queryOf({ kind, name, labels, nameContains, output }: Selection): Query {
  const filters = name === undefined ? { name: nameContains, ...Object.fromEntries(Object.entries(labels).map(([label, value]) => [`filter[labels.${label}]`, value])) } : {};
  const isTable = output === "table" || output === "wide";
  return { ...filters, include: isTable && hasStatusColumns(kind) ? "status" : undefined, format: output === "kubernetes" && name !== undefined ? "kubernetes" : undefined };
}
