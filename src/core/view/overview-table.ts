import { asArray, asObject, asString } from "../base/json.ts";
import type { JsonObject } from "../base/json.ts";
import { columnsOf } from "./columns.ts";
import { formatAge } from "./format-age.ts";
import { formatTable } from "./format-table.ts";
import { dataplaneKind } from "../model/dataplane-kind.ts";

const headers = ["STATUS", "LAST CONNECTED AGO", "LAST UPDATED AGO", "TOTAL UPDATES", "TOTAL ERRORS", "KUMA-DP VERSION", "ENVOY VERSION", "NOTES"];

/** The table of `inspect dataplanes`, in kumactl's words; from Kuma's DataplaneOverviews. */
export function overviewTable(overviews: readonly JsonObject[], nowMs: number): string {
  const tags = columnsOf(dataplaneKind).find(({ header }) => header === "TAGS");
  const rows = overviews.map((overview) => {
    const dataplane = { ...asObject(overview["dataplane"]), labels: overview["labels"] ?? {} } as JsonObject;
    return [asString(overview["mesh"]) ?? "", asString(overview["name"]) ?? "", tags?.cell(dataplane, nowMs) ?? "", ...stateCells(overview, dataplane, nowMs)];
  });
  return formatTable(["MESH", "NAME", "TAGS", ...headers], rows);
}

function stateCells(overview: JsonObject, dataplane: JsonObject, nowMs: number): readonly string[] {
  const streams = objects(asObject(overview["dataplaneInsight"])?.["subscriptions"]);
  const last = streams.at(-1);
  const status = asObject(last?.["status"]);
  const version = asObject(last?.["version"]);
  const unready = notReady(dataplane);
  return [
    stateOf(streams, unready.length, objects(asObject(dataplane["networking"])?.["inbound"]).length),
    last === undefined ? "never" : formatAge(asString(last["connectTime"]), nowMs),
    status?.["lastUpdateTime"] === undefined ? "never" : formatAge(asString(status["lastUpdateTime"]), nowMs),
    String(total(streams, "responsesSent")),
    String(total(streams, "responsesRejected")),
    asString(asObject(version?.["kumaDp"])?.["version"]) ?? "-",
    asString(asObject(version?.["envoy"])?.["version"]) ?? "-",
    [...unready, ...streams.flatMap((stream) => objects(stream["rejections"]).map((rejection) => `refuses: ${asString(rejection["message"]) ?? ""}`))].join("; "),
  ];
}

/** Kuma: Offline without a connection or a ready inbound, PartiallyDegraded with some that are not. */
function stateOf(streams: readonly unknown[], unready: number, inbounds: number): string {
  if (streams.length === 0 || (inbounds > 0 && unready === inbounds)) return "Offline";
  return unready > 0 ? "PartiallyDegraded" : "Online";
}

function notReady(dataplane: JsonObject): readonly string[] {
  return objects(asObject(dataplane["networking"])?.["inbound"]).flatMap((inbound) => {
    const isReady = asString(inbound["state"]) !== "NotReady" && asObject(inbound["health"])?.["ready"] !== false;
    return isReady ? [] : [`inbound[port=${String(inbound["port"])}] is not ready`];
  });
}

/** 64-bit counts are texts, and 0 is left out. */
function total(streams: readonly Readonly<Record<string, unknown>>[], count: string): number {
  return streams.reduce((sum, stream) => sum + Number(asObject(asObject(stream["status"])?.["total"])?.[count] ?? 0), 0);
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? {});
}
