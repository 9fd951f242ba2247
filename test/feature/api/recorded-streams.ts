import { readFileSync } from "node:fs";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { typeUrls } from "../../../src/core/snapshot/snapshot.ts";
import type { TypeCounts } from "../../../src/core/session/session.ts";
import type { ConnectedProxy } from "../../../src/edge/pipeline/port.ts";

/** What kuma-dp has Envoy say of itself. */
const metadata = JSON.parse(readFileSync(new URL("recorded-node-metadata.json", import.meta.url), "utf8")) as JsonObject;

function stream(id: string, name: string, times: readonly [connected: string, updated: string], counts: Readonly<Record<string, number>>): ConnectedProxy {
  const confirmed = (sent: number): TypeCounts => ({ sent, acknowledged: sent, rejected: 0, awaiting: 0 });
  return {
    id,
    proxy: { mesh: "demo", name },
    connectedAt: times[0],
    updatedAt: times[1],
    metadata,
    counts: new Map(Object.entries(counts).map(([type, sent]) => [type, confirmed(sent)])),
    isCurrent: true,
    rejections: [],
  };
}

/** The streams that were open when the exchanges were recorded. */
export const recordedStreams: readonly ConnectedProxy[] = [
  stream("f9a779f2-de5c-46bb-a505-caeed867e419", "backend-1", ["2026-11-21T10:15:38.533097606Z", "2026-11-21T10:15:38.639379852Z"], {
    [typeUrls.cluster]: 1,
    [typeUrls.listener]: 1,
  }),
  stream("99426268-5841-43ba-b304-ef584e11a148", "web-1", ["2026-11-21T10:14:19.394042262Z", "2026-11-21T10:17:36.424082166Z"], {
    [typeUrls.cluster]: 3,
    [typeUrls.endpoints]: 3,
    [typeUrls.listener]: 1,
  }),
];
