import type { Rejection } from "../../src/core/session/session.ts";
import type { Snapshot } from "../../src/core/snapshot/snapshot.ts";
import type { ProxyKey, ProxySnapshots } from "../../src/edge/pipeline/port.ts";
import { createAdsServer } from "../../src/edge/serve/ads-server.ts";
import { createDataplaneServer } from "../../src/edge/serve/dataplane-server.ts";
import type { AdsServer, AdsServerOptions } from "../../src/edge/serve/ads-server.ts";
import { noAdsMetrics } from "../../src/edge/serve/ads-metrics.ts";
import { openAdsClient } from "./ads-client.ts";
import type { AdsClient, Variant } from "./ads-client.ts";
import { silentLog } from "./silent-log.ts";

/** Snapshots that a test sets by hand. */
export interface FakeProxies extends ProxySnapshots {
  set(name: string, snapshot: Snapshot | undefined): void;
  setReady(): void;
  fail(name: string, error: Error): void;
  rejections(name: string): readonly Rejection[];
  /** Times that a snapshot was pulled. */
  pulls(name: string): number;
  connected(): readonly string[];
}

export function createFakeProxies(ready = true): FakeProxies {
  const snapshots = new Map<string, Snapshot>();
  const failing = new Map<string, Error>();
  const streams = new Map<string, Set<() => void>>();
  const rejections = new Map<string, readonly Rejection[]>();
  const pulls = new Map<string, number>();
  const nudge = (name: string): void => streams.get(name)?.forEach((onStale) => onStale());
  const fake = {
    ready,
    settled: () => undefined,
    connect({ name }: ProxyKey, onStale: () => void) {
      streams.set(name, (streams.get(name) ?? new Set()).add(onStale));
      return {
        snapshot() {
          pulls.set(name, (pulls.get(name) ?? 0) + 1);
          const error = failing.get(name);
          if (error !== undefined) {
            throw error;
          }
          return snapshots.get(name);
        },
        reportRejections: (list: readonly Rejection[]) => void rejections.set(name, list),
        reportCounts: () => undefined,
        confirmed: () => undefined,
        close: () => void streams.get(name)?.delete(onStale),
      };
    },
    set(name: string, snapshot: Snapshot | undefined) {
      if (snapshot === undefined) {
        snapshots.delete(name);
      } else {
        snapshots.set(name, snapshot);
      }
      nudge(name);
    },
    setReady() {
      fake.ready = true;
      [...streams.keys()].forEach(nudge);
    },
    fail: (name: string, error: Error) => void failing.set(name, error),
    rejections: (name: string) => rejections.get(name) ?? [],
    pulls: (name: string) => pulls.get(name) ?? 0,
    connected: () => [...streams].filter(([, set]) => set.size > 0).map(([name]) => name),
  };
  return fake;
}

/** A real server in front of fake snapshots, and clients of it; `stop` ends them all. */
export interface ServerUnderTest {
  readonly proxies: FakeProxies;
  readonly server: AdsServer;
  readonly port: number;
  open(variant: Variant, node?: string): AdsClient;
  stop(): Promise<void>;
}

export async function startServer(options: Partial<AdsServerOptions> = {}, ready = true): Promise<ServerUnderTest> {
  const proxies = createFakeProxies(ready);
  const server = createAdsServer({ snapshots: proxies, logger: silentLog, metrics: noAdsMetrics, ...options });
  const listener = createDataplaneServer({ ads: server, logger: silentLog });
  const { port } = await listener.listen({ host: "127.0.0.1", port: 0 });
  const clients: AdsClient[] = [];
  return {
    proxies, server, port,
    open(variant, node = "default.web") {
      const client = openAdsClient(port, variant, node);
      clients.push(client);
      return client;
    },
    async stop() {
      clients.forEach((client) => client.close());
      await listener.close(0);
    },
  };
}
