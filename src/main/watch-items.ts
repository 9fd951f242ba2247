import { setTimeout as delay } from "node:timers/promises";
import { equalJson } from "../core/base/equal-json.ts";
import { asString, type JsonObject } from "../core/base/json.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { ConnectionFailure } from "../edge/client/connection-failure.ts";
import { fetchItems, type ItemGroup, type Selection } from "./fetch-items.ts";
import { messageOf } from "./exit-status.ts";
import { printItems, type ItemFormat } from "./print-items.ts";
import type { Terminal } from "./terminal.ts";

/** Shows what is selected, and then, again and again, what is new or otherwise than before. Ends with the process. */
export async function watchItems(client: ApiClient, selections: readonly Selection[], format: ItemFormat, intervalMs: number, terminal: Terminal): Promise<void> {
  let before: ReadonlyMap<string, JsonObject> = new Map();
  let lost = false;
  for (let first = true; ; first = false) {
    try {
      const { groups } = await fetchItems(client, selections);
      const after = new Map(groups.flatMap(({ items }) => items.map((item) => [keyOf(item), item] as const)));
      if (lost) terminal.err(`${client.address} answers again\n`);
      lost = false;
      print(changed(groups, before), format, terminal);
      for (const [key, item] of before) if (!after.has(key)) terminal.err(`deleted ${asString(item["type"]) ?? ""} "${asString(item["name"]) ?? ""}"\n`);
      before = after;
    } catch (error) {
      // What is there at the start has to be had; later it may come back.
      if (first || !(error instanceof ConnectionFailure)) throw error;
      if (!lost) terminal.err(`${messageOf(error)}; trying again\n`);
      lost = true;
    }
    await delay(intervalMs);
  }
}

function print(groups: readonly ItemGroup[], format: ItemFormat, terminal: Terminal): void {
  const filled = groups.filter(({ items }) => items.length > 0);
  if (filled.length === 0) return;
  const text = printItems(filled, format, true, Date.now());
  const isDocument = format === "yaml" || format === "kubernetes";
  terminal.out(isDocument ? `---\n${text}` : text);
}

/** What is new or otherwise than before, by kind. */
function changed(groups: readonly ItemGroup[], before: ReadonlyMap<string, JsonObject>): readonly ItemGroup[] {
  return groups.map(({ kind, items }) => ({ kind, items: items.filter((item) => !equalJson(item, before.get(keyOf(item)))) }));
}

function keyOf(item: JsonObject): string {
  return ["type", "mesh", "name"].map((field) => asString(item[field]) ?? "").join("/");
}
