import type { Registry } from "prom-client";

/** One metric as the reference page tells it. */
export interface DescribedMetric {
  readonly name: string;
  readonly help: string;
  /** counter, gauge, histogram or summary. */
  readonly type: string;
  readonly labels: readonly string[];
}

/** Every metric of a registry, whether it has a value yet or not. */
export async function describeRegistry(registry: Registry): Promise<readonly DescribedMetric[]> {
  return (await registry.getMetricsAsJSON()).map(({ name, help, type }) => ({ name, help, type: String(type), labels: labelsOf(registry, name) }));
}

/** The library keeps them, but does not tell of them in its types. */
function labelsOf(registry: Registry, name: string): readonly string[] {
  const metric = registry.getSingleMetric(name) as { readonly labelNames?: readonly string[] } | undefined;
  return metric?.labelNames ?? [];
}

/** The reference page, in Markdown. What the process says of itself differs between machines, and is not listed. */
export function formatMetricsReference(controlPlane: readonly DescribedMetric[], agent: readonly DescribedMetric[]): string {
  const own = (metrics: readonly DescribedMetric[]): string => table(metrics.filter(({ name }) => !/^(probeplane_agent_)?(process|nodejs)_/.test(name)));
  return [head, own(controlPlane), agentHead, own(agent)].join("\n");
}

function table(metrics: readonly DescribedMetric[]): string {
  const sorted = [...metrics].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help}. |`);
  return ["| metric | type | labels | tells |", "|---|---|---|---|", ...rows, ""].join("\n");
}

const head = `# Metrics

<!-- Generated from src/edge/telemetry by \`npm run generate\`; edit there. -->

\`GET /metrics\` on \`--diagnostics-listen\` answers in Prometheus' text format. Names without \`probeplane_\` are those of a Kuma control
plane, so that its dashboards show them; those with it are our own. From another machine it needs a user token, as all that is read.

Which of these to watch: [operations.md](../operations.md). \`xds_*\` counts both variants of the protocol, state of the world and delta. Besides these
there is what Node.js says of the process: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`process_open_fds\`,
\`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_gc_duration_seconds\` and others that begin so.
`;

const agentHead = `## Of a sidecar's agent

\`GET /metrics\` and \`GET /stats/prometheus\` on the status port (15020) answer with these, with everything that Envoy says of itself, and with the app's own
metrics, where its pod says by \`prometheus.io/scrape\`, \`port\` and \`path\` where they are. All names begin with \`probeplane_agent_\`, also those of the
process (\`probeplane_agent_process_cpu_seconds_total\` and others), so that they are never the app's.
`;
