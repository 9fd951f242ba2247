import { asArray, asNumber, asObject, asString, type JsonObject } from "../base/json.ts";

/** What can be waited for. */
export type WaitCondition = "programmed" | "connected" | "created" | "deleted";

export interface WaitVerdict {
  /** `failed`: waiting longer makes no sense. */
  readonly state: "met" | "pending" | "failed";
  /** How it is, for people. */
  readonly text: string;
}

/** How far a resource, as the API gives it with its status (undefined: it is not there), is from what somebody waits for. */
export function waitVerdict(condition: WaitCondition, item: JsonObject | undefined): WaitVerdict {
  if (condition === "deleted") return item === undefined ? { state: "met", text: "is not there" } : { state: "pending", text: "it is still there" };
  if (item === undefined) return { state: "pending", text: "it is not there" };
  if (condition === "created") return { state: "met", text: "is there" };
  const status = asObject(item["status"]);
  const counts = countsOf(asObject(status?.["proxies"]));
  if (counts === undefined) return { state: "failed", text: `the control plane does not say who runs with a ${asString(item["type"]) ?? "resource"}` };
  if (condition === "connected") return counts.connected > 0 ? { state: "met", text: "is connected" } : { state: "pending", text: "no proxy is connected for it" };
  return programmed(counts, asArray(status?.["rejections"]) ?? []);
}

interface Counts {
  readonly selected: number;
  readonly connected: number;
  readonly programmed: number;
  readonly pending: number;
  readonly rejecting: number;
}

function countsOf(proxies: Readonly<Record<string, unknown>> | undefined): Counts | undefined {
  const [selected, connected, programmed, pending, rejecting] = ["selected", "connected", "programmed", "pending", "rejecting"].map((name) => asNumber(proxies?.[name]));
  if (selected === undefined || connected === undefined || programmed === undefined || pending === undefined || rejecting === undefined) return undefined;
  return { selected, connected, programmed, pending, rejecting };
}

function programmed({ selected, connected, programmed: count, pending, rejecting }: Counts, rejections: readonly unknown[]): WaitVerdict {
  // A refusal of an earlier version stands until the answer to the newest has come.
  if (pending > 0) return { state: "pending", text: `${count} of ${connected} connected proxies run with it, ${pending} have to answer yet` };
  if (rejecting > 0) return { state: "failed", text: [`${rejecting} of ${connected} connected proxies refuse it`, ...rejections.map(rejectionText)].join("\n  ") };
  if (connected > 0 && count === 0) return { state: "failed", text: "no proxy runs with it: it is a shadow policy" };
  const others = selected - connected;
  return { state: "met", text: `is programmed in ${count} of ${selected} proxies${others > 0 ? `; ${others} are not connected` : ""}` };
}

function rejectionText(rejection: unknown): string {
  const { proxy, message } = asObject(rejection) ?? {};
  return `${asString(asObject(proxy)?.["name"]) ?? "?"}: ${asString(message) ?? ""}`;
}
