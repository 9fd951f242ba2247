import { dataplaneScope, userScope, zoneScope, type TokenScope } from "../core/access/token-scope.ts";
import { asString } from "../core/base/json.ts";
import type { JsonObject } from "../core/base/json.ts";
import type { ResourceKey } from "../core/model/resource.ts";
import { kindNamed } from "../core/policy/registry.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { itemPath } from "../edge/client/resource-path.ts";

/** The sorts of tokens, as commands name them. */
export const tokenSorts = ["dataplane", "user", "zone"] as const;

export type TokenSort = (typeof tokenSorts)[number];

/** @param mesh of data plane tokens. */
export function scopeOf(sort: TokenSort, mesh: string): TokenScope {
  return sort === "dataplane" ? dataplaneScope(mesh) : sort === "user" ? userScope : zoneScope;
}

/** Writes a secret, unless somebody else did since it was read; `read` undefined: there was none. The API answers with 409 then. */
export async function writeSecret(client: ApiClient, key: ResourceKey, text: string, read: JsonObject | undefined): Promise<void> {
  const kind = kindNamed(key.kind);
  if (kind === undefined) throw new TypeError(`there is no kind ${key.kind}`);
  const condition = read === undefined ? { "if-none-match": "*" } : { "if-match": `"${asString(read["modificationTime"]) ?? ""}"` };
  const mesh = key.mesh === "" ? {} : { mesh: key.mesh };
  const body = { type: key.kind, ...mesh, name: key.name, data: Buffer.from(text).toString("base64") };
  await client.ask({ method: "PUT", path: itemPath(kind, key), body, headers: condition });
}

/** What a secret holds. */
export function secretText(secret: JsonObject): string {
  return Buffer.from(asString(secret["data"]) ?? "", "base64").toString("utf8");
}
