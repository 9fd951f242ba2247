/** One metric as the reference page tells it. */
export interface DescribedMetric {
  readonly name: string;
  readonly help: string;
  /** counter, gauge, histogram or summary. */
  readonly type: string;
  readonly labels: readonly string[];
}

/** The reference page, in Markdown. What the process says of itself differs between machines, and is not listed. */
export function formatMetricsReference(metrics: readonly DescribedMetric[]): string {
  return [head, table(metrics.filter(({ name }) => !/^(process|nodejs)_/.test(name)))].join("\n");
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
