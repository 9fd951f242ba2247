import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { createAdsCounts, type AdsCounts } from "./ads-metrics.ts";
import { createPipelineCounts, type PipelineCounts } from "./pipeline-metrics.ts";
import { createSourceCounts, type SourceCounts } from "./source-metrics.ts";

/** All metrics of one control plane; each edge is handed its part. */
export interface Metrics {
  readonly ads: AdsCounts;
  readonly pipeline: PipelineCounts;
  readonly source: SourceCounts;
  readonly contentType: string;
  /** Prometheus' text format. */
  text(): Promise<string>;
}

/**
 * A registry of its own, so that two control planes in one process do not count for each other. Besides the parts: which version
 * runs, and what the process uses (CPU, memory, file descriptors, garbage collection, lag of the event loop).
 */
export function createMetrics(options: { readonly version: string }): Metrics {
  const registry = new Registry();
  const build = new Gauge({ name: "probeplane_build", help: "The version that runs; always 1", labelNames: ["version"], registers: [registry] });
  build.set({ version: options.version }, 1);
  // 50 ms between looks at the event loop: an idle control plane should be idle.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return {
    ads: createAdsCounts(registry),
    pipeline: createPipelineCounts(registry),
    source: createSourceCounts(registry),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
