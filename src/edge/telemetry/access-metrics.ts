import type { Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about who is let in. */
export interface AccessCounts {
  /** A token, or none, that was of no use. `server`: which one was asked; `reason`: one of a few. */
  refused(server: "api" | "xds", reason: string): void;
}

export function createAccessCounts(registry: Registry): AccessCounts {
  const refusals = createCounterFamily(registry, "probeplane_token_refusals_total", "Requests and streams that were refused for their token, or for having none", ["server", "reason"]);
  return {
    refused: (server, reason) => {
      refusals.add([server, reason]);
    },
  };
}
