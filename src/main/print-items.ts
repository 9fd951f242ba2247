import { asString, type JsonObject } from "../core/base/json.ts";
import { shortNameOf } from "../core/model/short-names.ts";
import { formatKubernetesObject } from "../core/policy/format-kubernetes.ts";
import { parseResource } from "../core/policy/parse-resource.ts";
import { columnsOf } from "../core/view/columns.ts";
import { formatTable } from "../core/view/format-table.ts";
import type { ItemGroup } from "./fetch-items.ts";
import { printDocument } from "./print-document.ts";

export type ItemFormat = "table" | "wide" | "yaml" | "json" | "name" | "kubernetes";

/** Resources for people or programs. `single`: one was named, so that JSON is that one and no list. */
export function printItems(groups: readonly ItemGroup[], format: ItemFormat, single: boolean, nowMs: number): string {
  const items = groups.flatMap((group) => group.items);
  switch (format) {
    case "table":
    case "wide":
      return groups.map((group) => tableOf(group, format === "wide", nowMs)).join("\n");
    case "name":
      return items.map((item) => `${nameOf(item)}\n`).join("");
    case "json":
      if (single) return items.map((item) => printDocument(item, "json")).join("");
      return printDocument({ total: items.length, items, next: null }, "json");
    case "yaml":
    case "kubernetes":
      return items.map((item) => printDocument(format === "yaml" ? item : kubernetesOf(item), "yaml")).join("---\n");
  }
}

/** `mhc/web-to-backend`: what other commands take. */
export function nameOf(item: JsonObject): string {
  return `${shortNameOf(asString(item["type"]) ?? "")}/${asString(item["name"]) ?? ""}`;
}

/** A table of one kind; nothing when there is nothing. */
export function tableOf({ kind, items }: ItemGroup, wide: boolean, nowMs: number): string {
  const columns = columnsOf(kind, wide);
  if (items.length === 0) return "";
  return formatTable(columns.map(({ header }) => header), items.map((item) => columns.map((column) => column.cell(item, nowMs))));
}

/** Lists come in the Universal form only. What a control plane gives and we cannot read is printed as it came. */
function kubernetesOf(item: JsonObject): JsonObject {
  if (item["apiVersion"] !== undefined) return item;
  const parsed = parseResource(item, { tcpPayload: "text", httpStatusThreshold: "count" });
  return parsed.ok ? formatKubernetesObject(parsed.resource, undefined) : item;
}
