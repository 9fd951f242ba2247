import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createAgentMetrics } from "./agent-metrics.ts";
import { formatMetricsReference } from "./describe-metrics.ts";
import { createMetrics } from "./metrics.ts";

describe("describing metrics", () => {
  it("keeps the reference page as the definitions have it (npm run generate)", async () => {
    const page = await readFile(new URL("../../../docs/reference/metrics.md", import.meta.url), "utf8");
    assert.equal(page, formatMetricsReference(await createMetrics({ version: "1" }).describe(), await createAgentMetrics({ version: "1" }).describe()));
  });

  it("tells of each metric its type, its labels and what it is", async () => {
    const described = await createMetrics({ version: "1" }).describe();
    assert.ok(described.length > 30 && described.some(({ name }) => name === "process_resident_memory_bytes"));
    for (const { name, help } of described) assert.ok(help.length > 10, name);
    const page = formatMetricsReference(described, []);
    assert.match(page, /^\| `xds_requests_received` \| counter \| `confirmation`, `type_url` \| Requests of ADS clients/m);
    assert.match(page, /^\| `api_server_http_request_duration_seconds` \| histogram \| `service`, `handler`, `method`, `code` \|/m);
  });

  it("gives those of a sidecar's agent names that no app has", async () => {
    for (const { name } of await createAgentMetrics({ version: "1" }).describe()) assert.match(name, /^probeplane_agent_/);
  });
});
