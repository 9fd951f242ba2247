import { request } from "node:http";

/** What one Envoy thinks of one endpoint of a cluster. */
export interface HostVerdict {
  readonly cluster: string;
  /** `address:port`. */
  readonly address: string;
  /** Envoy sends traffic to it, panic aside: no flag stands against it. */
  readonly healthy: boolean;
  /** Envoy's flags that are set (`failed_active_health_check`, `active_hc_timeout`, `pending_active_hc` …), sorted. */
  readonly flags: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

interface HostStatus {
  readonly address?: { readonly socket_address?: { readonly address?: string; readonly port_value?: number } };
  readonly health_status?: Readonly<Record<string, unknown>>;
}

interface ClusterStatus {
  readonly name?: string;
  readonly host_statuses?: readonly HostStatus[];
}

interface ConfigDump {
  readonly configs?: readonly Json[];
}

/** An Envoy's admin interface, typed as far as health checking needs it. */
export class EnvoyAdmin {
  /** `host:port`, or the path of a Unix socket. */
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /** The URL of a path, to show to a person. */
  url(path: string): string {
    return `http://${this.address}${path}`;
  }

  /** The reply to a GET, else POST, as text. @throws Error on a status other than 200, unless `anyStatus`. */
  async text(path: string, options: { readonly anyStatus?: boolean; readonly method?: "GET" | "POST" } = {}): Promise<string> {
    const { status, body } = await ask(this.address, path, options.method ?? "GET");
    if (status !== 200 && options.anyStatus !== true) throw new Error(`${path}: status ${String(status)}: ${body.slice(0, 200)}`);
    return body;
  }

  /** Every endpoint of every cluster, or of one. */
  async verdicts(cluster?: string): Promise<readonly HostVerdict[]> {
    const reply = JSON.parse(await this.text("/clusters?format=json")) as { readonly cluster_statuses?: readonly ClusterStatus[] };
    return (reply.cluster_statuses ?? [])
      .filter((status) => cluster === undefined || status.name === cluster)
      .flatMap((status) => (status.host_statuses ?? []).map((host) => verdictOf(status.name ?? "", host)));
  }

  /** The verdict on one endpoint (`address:port`); undefined when the cluster has no such endpoint. */
  async verdict(cluster: string, address: string): Promise<HostVerdict | undefined> {
    return (await this.verdicts(cluster)).find((host) => host.address === address);
  }

  /** Active clusters received over xDS: name → the Cluster in proto JSON, snake_case as Envoy prints it. */
  async dynamicClusters(): Promise<ReadonlyMap<string, Json>> {
    const entries = await this.#dump("dynamic_active_clusters");
    return new Map(entries.map((entry) => entry["cluster"] as Json).map((cluster) => [String(cluster["name"]), cluster]));
  }

  /** One active cluster received over xDS. */
  async dynamicCluster(name: string): Promise<Json | undefined> {
    return (await this.dynamicClusters()).get(name);
  }

  /** When Envoy last took a new version of each active cluster (RFC 3339), and which. */
  async clusterUpdates(): Promise<ReadonlyMap<string, { readonly version: string; readonly lastUpdated: string }>> {
    const entries = await this.#dump("dynamic_active_clusters");
    return new Map(entries.map((entry) => [
      String((entry["cluster"] as Json)["name"]),
      { version: typeof entry["version_info"] === "string" ? entry["version_info"] : "", lastUpdated: String(entry["last_updated"]) },
    ]));
  }

  /** Counters and gauges whose name fits the regular expression. */
  async stats(filter: string): Promise<ReadonlyMap<string, number>> {
    const reply = JSON.parse(await this.text(`/stats?format=json&filter=${encodeURIComponent(filter)}`)) as { readonly stats?: readonly Json[] };
    const found = (reply.stats ?? []).filter((stat) => typeof stat["name"] === "string" && typeof stat["value"] === "number");
    return new Map(found.map((stat) => [String(stat["name"]), Number(stat["value"])]));
  }

  /** One counter or gauge; 0 when Envoy does not have it (yet). */
  async stat(name: string): Promise<number> {
    return (await this.stats(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`)).get(name) ?? 0;
  }

  async #dump(resource: string): Promise<readonly Json[]> {
    const dump = JSON.parse(await this.text(`/config_dump?resource=${resource}`)) as ConfigDump;
    return dump.configs ?? [];
  }
}

function verdictOf(cluster: string, host: HostStatus): HostVerdict {
  const socket = host.address?.socket_address;
  const { eds_health_status: eds, ...rest } = host.health_status ?? {};
  const flags = Object.keys(rest).filter((flag) => rest[flag] === true).sort();
  const healthy = flags.length === 0 && (eds === undefined || eds === "HEALTHY" || eds === "UNKNOWN");
  return { cluster, address: `${socket?.address ?? ""}:${String(socket?.port_value ?? 0)}`, healthy, flags };
}

/** Plain node:http without keep-alive: a pooled connection to an Envoy that was killed would fail the next question. */
function ask(address: string, path: string, method: string): Promise<{ readonly status: number; readonly body: string }> {
  const socket = address.startsWith("/") ? { socketPath: address } : {};
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address.startsWith("/") ? "localhost" : address}${path}`, { method, agent: false, ...socket }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("error", reject);
      reply.on("end", () => { resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }); });
    });
    asked.on("error", reject);
    asked.end();
  });
}
