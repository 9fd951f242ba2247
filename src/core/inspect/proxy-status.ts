import type { Dataplane } from "../model/dataplane.ts";

export type ProxyStatus = "Online" | "PartiallyDegraded" | "Offline";

/** How a proxy is doing, in Kuma's words: offline without a stream or without a ready inbound, degraded when one is not ready. */
export function proxyStatus({ spec }: Dataplane, isConnected: boolean): ProxyStatus {
  if (!isConnected) return "Offline";
  const inbounds = (spec.networking.inbound ?? []).filter(({ state }) => state !== "Ignored");
  const ready = inbounds.filter(({ state, health }) => state !== "NotReady" && (health === undefined || health.ready === true));
  if (ready.length === inbounds.length) return "Online";
  return ready.length === 0 ? "Offline" : "PartiallyDegraded";
}
