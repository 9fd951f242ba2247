import type { StatusObject } from "@grpc/grpc-js";
import type { AdsClient, AdsResponse, ShownByClient } from "./ads-client.ts";
import { openAdsClient } from "./ads-client.ts";
import type { ShortType } from "./fake-snapshot.ts";

interface Held {
  readonly version: string;
  readonly bytes: Uint8Array;
}

/**
 * A client that does with delta ADS what an Envoy does: subscribes, confirms, keeps what it was sent when the stream breaks, and says
 * on the next stream, to whichever control plane, what it has already.
 */
export class HeldProxy {
  readonly node: string;
  /** Responses since the last `connect`. */
  responses = 0;
  /** What was removed, ever: a proxy that loses its configuration shows here. */
  readonly removed: string[] = [];
  readonly #shown: ShownByClient;
  readonly #held = new Map<string, Map<string, Held>>();
  #client: AdsClient | undefined;
  #onTaken: () => void = () => undefined;

  constructor(name: string, shown: ShownByClient) {
    this.node = `default.${name}`;
    this.#shown = shown;
  }

  /** Opens a stream and asks as an Envoy does that has what this one holds. */
  connect(port: number): void {
    const client = openAdsClient(port, "delta", this.node, this.#shown);
    this.#client = client;
    this.responses = 0;
    client.request("cds", { initialVersions: this.#versions("cds") });
    this.#askForEndpoints(client, this.#clusterNames());
    client.request("lds", { initialVersions: this.#versions("lds") });
    void this.#take(client);
  }

  /** How its stream ended. */
  get ended(): Promise<StatusObject> {
    if (this.#client === undefined) throw new Error(`${this.node} was never connected`);
    return this.#client.ended;
  }

  /** What it holds of a type: name → version, a content hash. */
  versions(type: ShortType): Readonly<Record<string, string>> {
    return this.#versions(type);
  }

  /** True when a cluster that it holds has this text in it. */
  holds(cluster: string, text: string): boolean {
    const held = this.#held.get("cds")?.get(cluster);
    return held !== undefined && Buffer.from(held.bytes).includes(text);
  }

  /** Resolves when a cluster that it holds has this text in it, with the time at which that came (as of `performance.now`), or 0 when it was there. */
  async until(cluster: string, text: string): Promise<number> {
    let atMs = 0;
    while (!this.holds(cluster, text)) {
      await new Promise<void>((resolve) => (this.#onTaken = resolve));
      atMs = performance.now();
    }
    return atMs;
  }

  close(): void {
    this.#client?.close();
  }

  async #take(client: AdsClient): Promise<void> {
    for (;;) {
      const response = await client.next().catch(() => undefined);
      if (response === undefined || client !== this.#client) return;
      this.responses++;
      const before = this.#clusterNames();
      this.#keep(response);
      client.ack(response.type as ShortType);
      if (response.type === "cds") this.#askForEndpoints(client, this.#clusterNames().filter((name) => !before.includes(name)));
      this.#onTaken();
    }
  }

  #keep({ type, resources, removed }: AdsResponse): void {
    const held = this.#held.get(type) ?? new Map<string, Held>();
    this.#held.set(type, held);
    for (const { name, version, bytes } of resources) held.set(name, { version, bytes });
    for (const name of removed) if (held.delete(name)) this.removed.push(`${type} ${name}`);
  }

  #askForEndpoints(client: AdsClient, names: readonly string[]): void {
    if (names.length > 0) client.request("eds", { names, initialVersions: this.#versions("eds") });
  }

  /** Those of other services; the endpoints of its own are in the clusters. */
  #clusterNames(): readonly string[] {
    return Object.keys(this.#versions("cds")).filter((name) => !name.startsWith("localhost") && !name.startsWith("inbound"));
  }

  #versions(type: string): Readonly<Record<string, string>> {
    return Object.fromEntries([...(this.#held.get(type) ?? [])].map(([name, { version }]) => [name, version]));
  }
}
