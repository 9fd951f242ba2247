import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";
import { describeRegistry, type DescribedMetric } from "./describe-metrics.ts";

/** All metrics of one sidecar's agent. */
export interface AgentMetrics {
  probed(probe: { readonly path: string; readonly kind: string; readonly reason?: string; readonly durationMs: number }): void;
  scraped(of: string, failed: boolean): void;
  /** Prometheus' text format. */
  text(): Promise<string>;
  /** Every metric there is, whether it has a value yet or not. */
  describe(): Promise<readonly DescribedMetric[]>;
}

/** They stand beside the app's and Envoy's: all names, those of the process too, begin with this. */
const prefix = "probeplane_agent_";

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createAgentMetrics(options: { readonly version: string }): AgentMetrics {
  const registry = new Registry();
  const registers = [registry];
  const build = new Gauge({ name: `${prefix}build`, help: "The version that runs; always 1", labelNames: ["version"], registers });
  build.set({ version: options.version }, 1);
  const probes = createCounterFamily(registry, `${prefix}probes_total`, "Probes of the app, by the path that the kubelet asks for, the kind of probe, and the outcome: success, failure", ["path", "type", "outcome"]);
  const durations = new Histogram({ name: `${prefix}probe_duration_seconds`, help: "How long probes of the app took", labelNames: ["path"], buckets: bucketsSeconds, registers });
  const scrapes = createCounterFamily(registry, `${prefix}scrapes_total`, "Whose metrics were asked for (agent, envoy, app), and the outcome: success, failure", ["source", "outcome"]);
  // 50 ms between looks at the event loop: an idle agent should be idle.
  collectDefaultMetrics({ register: registry, prefix, eventLoopMonitoringPrecision: 50 });
  const outcome = (failed: boolean): string => (failed ? "failure" : "success");
  return {
    probed({ path, kind, reason, durationMs }) {
      probes.add([path, kind, outcome(reason !== undefined)]);
      durations.observe({ path }, durationMs / 1000);
    },
    scraped: (of, failed) => scrapes.add([of, outcome(failed)]),
    text: () => registry.metrics(),
    describe: () => describeRegistry(registry),
  };
}
