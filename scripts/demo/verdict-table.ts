import type { Watched } from "./verdict-watch.ts";
import { seconds } from "./time-to-verdict.ts";

/** The live table: endpoint, check, verdict of web's Envoy, since when. */
export function verdictTable(hosts: readonly Watched[], nowMs: number): readonly string[] {
  const rows = hosts.map((host) => [
    `${host.name} (${host.address})`,
    host.check,
    host.check === "none" ? "not checked" : verdictText(host),
    `${seconds(Math.round((nowMs - host.sinceMs) / 100) * 100)} ago`,
  ]);
  const table = [["ENDPOINT", "CHECK", "WEB'S ENVOY SAYS", "SINCE"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** `healthy`, or `UNHEALTHY` with Envoy's flags. */
export function verdictText({ healthy, flags }: Pick<Watched, "healthy" | "flags">): string {
  return healthy ? "healthy" : `UNHEALTHY (${flags.join(", ")})`;
}
