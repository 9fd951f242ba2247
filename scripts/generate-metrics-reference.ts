import { writeFile } from "node:fs/promises";
import { createAgentMetrics } from "../src/edge/telemetry/agent-metrics.ts";
import { formatMetricsReference } from "../src/edge/telemetry/describe-metrics.ts";
import { createMetrics } from "../src/edge/telemetry/metrics.ts";

// The page that src/edge/telemetry/describe-metrics.test.ts holds equal to the definitions.
await writeFile(new URL("../docs/reference/metrics.md", import.meta.url), formatMetricsReference(await createMetrics({ version: "" }).describe(), await createAgentMetrics({ version: "" }).describe()));
// Watching the event loop would go on.
process.exit();
