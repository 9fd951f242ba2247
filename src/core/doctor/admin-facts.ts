import { asObject } from "../base/json.ts";

/** What a proxy's admin interface says, as far as it was given. */
export interface AdminFacts {
  /** Clusters by name; absent: `/clusters` was not given. */
  readonly clusters?: ReadonlyMap<string, ClusterFact>;
  /** Statistics by name; absent: `/stats` was not given. */
  readonly stats?: ReadonlyMap<string, number>;
  /** Absent: `/config_dump` was not given. */
  readonly config?: ConfigFact;
}

export interface ClusterFact {
  readonly hosts: readonly HostFact[];
}

export interface HostFact {
  readonly address: string;
  readonly failedActive: boolean;
  readonly ejected: boolean;
  /** The control plane said that it is not healthy. */
  readonly failedEds: boolean;
}

export interface ConfigFact {
  readonly nodeId: string;
  readonly nodeCluster: string;
  readonly warmingClusters: readonly string[];
  /** Resources that the proxy rejected, with why. */
  readonly rejected: readonly { readonly name: string; readonly why: string }[];
  /** Panic thresholds of clusters that set one. */
  readonly panicPercent: ReadonlyMap<string, number>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads what `/clusters?format=json` gives. @throws SyntaxError where it is not JSON */
export function readClusters(text: string): ReadonlyMap<string, ClusterFact> {
  const clusters = listIn(asObject(JSON.parse(text)), "cluster_statuses");
  return new Map(clusters.map((cluster) => [textIn(cluster, "name"), { hosts: listIn(cluster, "host_statuses").map(readHost) }]));
}

function readHost(host: Fields): HostFact {
  const health = asObject(host["health_status"]) ?? {};
  const eds = textIn(health, "eds_health_status");
  const socket = asObject(asObject(host["address"])?.["socket_address"]);
  const port = socket?.["port_value"];
  return {
    address: `${textIn(socket, "address")}:${typeof port === "number" ? port : 0}`,
    failedActive: health["failed_active_health_check"] === true, ejected: health["failed_outlier_check"] === true,
    failedEds: eds !== "" && eds !== "HEALTHY" && eds !== "UNKNOWN" && eds !== "DEGRADED",
  };
}

/** Reads what `/stats` gives, as text (`name: value`) or as JSON. Histograms are passed over. */
export function readStats(text: string): ReadonlyMap<string, number> {
  if (text.trimStart().startsWith("{")) {
    return new Map(listIn(asObject(JSON.parse(text)), "stats").flatMap((stat) => (typeof stat["value"] === "number" ? [[textIn(stat, "name"), stat["value"]] as const] : [])));
  }
  const stats = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([^:]+(?::[^ :]+)*): (\d+)\s*$/.exec(line) ?? [];
    if (name !== "") stats.set(name, Number(value));
  }
  return stats;
}

/** Reads what `/config_dump` gives. @throws SyntaxError where it is not JSON */
export function readConfigDump(text: string): ConfigFact {
  const configs = listIn(asObject(JSON.parse(text)), "configs");
  const node = configs.map((config) => asObject(asObject(config["bootstrap"])?.["node"])).find((each) => each !== undefined);
  const clusters = configs.flatMap((config) => [...listIn(config, "static_clusters"), ...listIn(config, "dynamic_active_clusters")]).map((each) => asObject(each["cluster"]) ?? {});
  return {
    nodeId: textIn(node, "id"), nodeCluster: textIn(node, "cluster"),
    warmingClusters: configs.flatMap((config) => listIn(config, "dynamic_warming_clusters")).map((each) => textIn(asObject(each["cluster"]), "name")),
    rejected: configs.flatMap(rejectedIn),
    panicPercent: new Map(clusters.flatMap((cluster) => {
      const threshold = asObject(asObject(cluster["common_lb_config"])?.["healthy_panic_threshold"]);
      return threshold === undefined ? [] : [[textIn(cluster, "name"), Number(threshold["value"] ?? 0)] as const];
    })),
  };
}

function rejectedIn(config: Fields): { readonly name: string; readonly why: string }[] {
  const each = ["dynamic_active_clusters", "dynamic_warming_clusters", "dynamic_listeners", "dynamic_route_configs"].flatMap((name) => listIn(config, name));
  return each.flatMap((resource) => {
    const why = textIn(asObject(resource["error_state"]), "details");
    const name = textIn(resource, "name") || textIn(asObject(resource["cluster"]), "name");
    return why === "" ? [] : [{ name, why }];
  });
}

function listIn(fields: Fields | undefined, name: string): readonly Fields[] {
  const list = fields?.[name];
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).map(asObject).filter((each) => each !== undefined);
}

function textIn(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  return typeof value === "string" ? value : "";
}
