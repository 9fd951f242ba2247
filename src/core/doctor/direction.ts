import type { Direction } from "./log-record.ts";

/** Istio's clusters say which way they lead: `inbound|8080||`, `outbound|80||host`; Kuma's of apps are `localhost:8080`. */
export function directionOf(cluster: string): Direction {
  if (cluster.startsWith("inbound|") || cluster.startsWith("inbound:") || cluster.startsWith("localhost:") || cluster === "InboundPassthroughCluster") return "inbound";
  if (cluster.startsWith("outbound|") || cluster.startsWith("outbound:") || cluster === "PassthroughCluster") return "outbound";
  return "unknown";
}
