import { asObject, asString, ownField, type JsonObject } from "../../core/base/json.ts";
import { typeUrls } from "../../core/snapshot/snapshot.ts";
import type { ConnectedProxy, StandingRejection } from "../pipeline/port.ts";

/** Names of the types in an overview, and their type URLs. */
const types = { cds: typeUrls.cluster, eds: typeUrls.endpoints, lds: typeUrls.listener, rds: typeUrls.route } as const;

/** Fields of a resource that are not its spec. */
const headFields: ReadonlySet<string> = new Set(["type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri"]);

/** A Dataplane with the streams that are open for it at present, in the form of Kuma's `DataplaneOverview`. */
export function overviewOf(dataplane: JsonObject, connections: readonly ConnectedProxy[], instanceId: string): JsonObject {
  const fields = Object.entries(dataplane);
  const head = Object.fromEntries(fields.filter(([name]) => headFields.has(name)));
  const spec = Object.fromEntries(fields.filter(([name]) => !headFields.has(name)));
  const subscriptions = connections.map((connection) => subscriptionOf(connection, instanceId));
  const insight = subscriptions.length === 0 ? {} : { dataplaneInsight: { subscriptions, metadata: connections.at(-1)?.metadata ?? {} } };
  return { ...head, type: "DataplaneOverview", dataplane: spec, ...insight };
}

function subscriptionOf({ id, metadata, connectedAt, updatedAt, counts, rejections, lastRejection }: ConnectedProxy, instanceId: string): JsonObject {
  const perType = Object.entries(types).map(([name, url]) => [name, countsText([counts.get(url)])] as const);
  const updated = updatedAt === undefined ? {} : { lastUpdateTime: updatedAt };
  return {
    id,
    controlPlaneInstanceId: instanceId,
    connectTime: connectedAt,
    status: { ...updated, total: countsText([...counts.values()]), ...Object.fromEntries(perType) },
    ...versionOf(metadata["version"]),
    ...(rejections.length > 0 ? { rejections: rejections.map(formatRejection) } : {}),
    ...(lastRejection === undefined ? {} : { lastRejection: formatRejection(lastRejection) }),
  };
}

/** Versions as a node tells them, in Kuma's order. Without `kumaCpCompatible` kumactl would call its kuma-dp incompatible. */
function versionOf(said: unknown): JsonObject {
  const [kumaDp, envoy] = ["kumaDp", "envoy"].map((part) => asObject(ownField(asObject(said), part)));
  const dp = kumaDp === undefined ? {} : { kumaDp: { ...texts(kumaDp, ["version", "gitTag", "gitCommit", "buildDate"]), kumaCpCompatible: true } };
  const compatible = ownField(envoy, "kumaDpCompatible") !== false;
  const proxy = envoy === undefined ? {} : { envoy: { ...texts(envoy, ["version", "build"]), kumaDpCompatible: compatible } };
  return kumaDp === undefined && envoy === undefined ? {} : { version: { ...dp, ...proxy } };
}

function texts(object: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => {
    const value = asString(ownField(object, name));
    return value === undefined ? [] : [[name, value]];
  }));
}

function formatRejection({ typeUrl, resources, message, since }: StandingRejection): JsonObject {
  return { type: typeUrl, resources: [...resources], message, since };
}

interface Counts {
  readonly sent: number;
  readonly acknowledged: number;
  readonly rejected: number;
}

/** Counts as Kuma writes them: 64-bit numbers as texts, zero left out. */
function countsText(counts: readonly (Counts | undefined)[]): JsonObject {
  const sum = (field: keyof Counts): number => counts.reduce((total, one) => total + (one?.[field] ?? 0), 0);
  const all = { responsesSent: sum("sent"), responsesAcknowledged: sum("acknowledged"), responsesRejected: sum("rejected") };
  return Object.fromEntries(Object.entries(all).flatMap(([name, count]) => (count === 0 ? [] : [[name, String(count)]])));
}
