import type { Resource } from "../../src/core/model/resource.ts";
import type { World } from "../../src/core/model/world.ts";
import { watchSecrets } from "../../src/edge/access/secret-watch.ts";
import { createIdentities, type Identities } from "../../src/edge/identity/identities.ts";
import { noIdentityMetrics } from "../../src/edge/identity/identity-metrics.ts";
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

export interface ControlPlaneParts extends Partial<PipelineOptions> {
  /** Proxies of a mesh with mutual TLS get certificates of a CA in the store. Default false. */
  readonly certificates?: boolean;
}

export async function startControlPlane(resources: readonly Resource[], { certificates = false, ...options }: ControlPlaneParts = {}): Promise<ControlPlane> {
  const store = createMemoryStore();
  const log = createRecordingLog();
  for (const one of resources) {
    await store.put(one);
  }
  const world = (): World => pipeline.world();
  const issuer = certificates ? openIssuer(store, log, world) : undefined;
  const identities = issuer === undefined ? {} : { identities: issuer.identities };
  const pipeline: Pipeline = createPipeline({ source: store, logger: log, metrics: noPipelineMetrics, ...identities, ...options });
  if (issuer !== undefined) pipeline.onActivity(() => { issuer.identities.worldChanged(); });
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
      issuer?.close();
      await store.close();
    },
  };
}

function openIssuer(store: Store, log: ControlPlane["log"], world: () => World): { readonly identities: Identities; close(): void } {
  const secrets = watchSecrets(store);
  const meshNamed = (name: string) => world().meshes.get(name)?.mesh;
  const identities = createIdentities({ store, secrets, meshNamed, announceMs: 600_000, log, metrics: noIdentityMetrics });
  return {
    identities,
    close: () => {
      identities.close();
      secrets.close();
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
