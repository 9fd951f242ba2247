import { Gauge, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about who is let in. */
export interface AccessCounts {
  /** A token, or none, that was of no use. `server`: which one was asked; `reason`: one of a few. */
  refused(server: "api" | "xds", reason: string): void;
  /** A server has a certificate. `endMs`: when the one that it shows now ends, in milliseconds since 1970; asked at each scrape. */
  shows(server: "api" | "xds" | "webhook", endMs: () => number): void;
}

export function createAccessCounts(registry: Registry): AccessCounts {
  const refusals = createCounterFamily(registry, "probeplane_token_refusals_total", "Requests and streams that were refused for their token, or for having none", ["server", "reason"]);
  const ends = new Map<string, () => number>();
  const gauge: Gauge = new Gauge({
    name: "probeplane_certificate_end_timestamp_seconds",
    help: "When the certificate ends that a server shows, in seconds since 1970",
    labelNames: ["server"],
    registers: [registry],
    collect: () => {
      for (const [server, endMs] of ends) gauge.set({ server }, endMs() / 1000);
    },
  });
  return {
    refused: (server, reason) => {
      refusals.add([server, reason]);
    },
    shows: (server, endMs) => {
      ends.set(server, endMs);
    },
  };
}
