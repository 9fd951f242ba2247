import type { Resource } from "../../src/core/model/resource.ts";
import { createPipeline } from "../../src/edge/pipeline/pipeline.ts";
import type { Pipeline, PipelineOptions } from "../../src/edge/pipeline/pipeline.ts";
import { noPipelineMetrics } from "../../src/edge/pipeline/pipeline-metrics.ts";
import { noAdsMetrics } from "../../src/edge/serve/ads-metrics.ts";
import { createAdsServer } from "../../src/edge/serve/ads-server.ts";
import { createDataplaneServer } from "../../src/edge/serve/dataplane-server.ts";
import { createMemoryStore } from "../../src/edge/source/memory/memory-store.ts";
import type { Store } from "../../src/edge/source/port.ts";
import { openAdsClient } from "./ads-client.ts";
import type { AdsClient, Variant } from "./ads-client.ts";
import { createRecordingLog } from "./silent-log.ts";

/** Store, pipeline and server as `probeplane run` joins them, in this process. */
export interface ControlPlane {
  readonly store: Store;
  readonly pipeline: Pipeline;
  readonly log: ReturnType<typeof createRecordingLog>;
  readonly port: number;
  open(variant: Variant, node?: string): AdsClient;
  stop(): Promise<void>;
}

export async function startControlPlane(resources: readonly Resource[], options: Partial<PipelineOptions> = {}): Promise<ControlPlane> {
  const store = createMemoryStore();
  const log = createRecordingLog();
  for (const one of resources) {
    await store.put(one);
  }
  const pipeline = createPipeline({ source: store, logger: log, metrics: noPipelineMetrics, ...options });
  const server = createAdsServer({ snapshots: pipeline, logger: log, metrics: noAdsMetrics });
  const listener = createDataplaneServer({ ads: server, logger: log });
  const { port } = await listener.listen({ host: "127.0.0.1", port: 0 });
  await pipeline.start();
  const clients: AdsClient[] = [];
  return {
    store, pipeline, log, port,
    open(variant, node = "default.web") {
      const client = openAdsClient(port, variant, node);
      clients.push(client);
      return client;
    },
    async stop() {
      clients.forEach((client) => client.close());
      await listener.close(0);
      await pipeline.close();
      await store.close();
    },
  };
}

/** Asks for everything as an Envoy does at its start, confirms it, and gives the names of the clusters with endpoints. */
export async function subscribeLikeEnvoy(client: AdsClient): Promise<readonly string[]> {
  client.request("cds");
  const clusters = await client.next("cds");
  client.ack("cds");
  const names = clusters.resources.map(({ name }) => name).filter((name) => !name.startsWith("localhost") && !name.startsWith("inbound"));
  client.request("eds", { names });
  await client.next("eds");
  client.ack("eds", names);
  client.request("lds");
  await client.next("lds");
  client.ack("lds");
  return names;
}
