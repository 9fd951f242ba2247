import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { createAccessCounts, type AccessCounts } from "./access-metrics.ts";
import { createAdmissionCounts, type AdmissionCounts } from "./admission-metrics.ts";
import { createAdsCounts, type AdsCounts } from "./ads-metrics.ts";
import { createApiCounts, type ApiCounts } from "./api-metrics.ts";
import { describeRegistry, type DescribedMetric } from "./describe-metrics.ts";
import { createIdentityCounts, type IdentityCounts } from "./identity-metrics.ts";
import { createPipelineCounts, type PipelineCounts } from "./pipeline-metrics.ts";
import { createSourceCounts, type SourceCounts } from "./source-metrics.ts";
import { createStatusCounts, type StatusCounts } from "./status-metrics.ts";
import { createStoreCounts, type StoreCounts } from "./store-metrics.ts";
import { createWorldGauges, type WorldGauges } from "./world-metrics.ts";

/** All metrics of one control plane; each edge is handed its part. */
export interface Metrics {
  readonly access: AccessCounts;
  readonly admission: AdmissionCounts;
  readonly ads: AdsCounts;
  readonly api: ApiCounts;
  readonly identity: IdentityCounts;
  readonly pipeline: PipelineCounts;
  readonly source: SourceCounts;
  readonly status: StatusCounts;
  readonly store: StoreCounts;
  readonly world: WorldGauges;
  readonly contentType: string;
  /** Prometheus' text format. */
  text(): Promise<string>;
  /** Every metric there is, whether it has a value yet or not. */
  describe(): Promise<readonly DescribedMetric[]>;
}

/**
 * A registry of its own, so that two control planes in one process do not count for each other. Besides the parts: which version
 * runs, and what the process uses (CPU, memory, file descriptors, garbage collection, lag of the event loop).
 */
export function createMetrics(options: { readonly version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const build = new Gauge({ name: "probeplane_build", help: "The version that runs; always 1", labelNames: ["version"], registers });
  build.set({ version: options.version }, 1);
  const info = new Gauge({ name: "cp_info", help: "Which control plane this is, as Kuma says it; always 1", labelNames: ["product_name", "version"], registers });
  info.set({ product_name: "probeplane", version: options.version }, 1);
  // 50 ms between looks at the event loop: an idle control plane should be idle.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return {
    access: createAccessCounts(registry),
    admission: createAdmissionCounts(registry),
    ads: createAdsCounts(registry),
    api: createApiCounts(registry),
    identity: createIdentityCounts(registry),
    pipeline: createPipelineCounts(registry),
    source: createSourceCounts(registry),
    status: createStatusCounts(registry),
    store: createStoreCounts(registry),
    world: createWorldGauges(registry),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    describe: () => describeRegistry(registry),
  };
}
