import type { AdminFacts } from "./admin-facts.ts";
import type { Evidence, LineCounts, MeshFacts } from "./evidence.ts";
import { isDenial, isFailure, mainFlag, reasonOf } from "./failure.ts";
import type { LogForm, LogRecord, ParsedLine, ProbeEvent, ProxyEvent } from "./log-record.ts";
import { createReuse } from "./reuse.ts";
import { ownText, textHash } from "./text-hash.ts";
import { createEndpoint, createGroup, createTraffic, type ClusterTraffic, type EndpointTraffic, type FailureGroup } from "./traffic.ts";

/** Sums up logs, in memory that does not grow with their length. */
export interface Collector {
  /** @param source the pod or file that the line is from */
  add(line: ParsedLine, source: string): void;
  finish(admin: AdminFacts, mesh: MeshFacts): Evidence;
}

const most = { clusters: 2000, endpoints: 200, groups: 100, events: 2000, ids: 100_000 } as const;

export function createCollector(): Collector {
  const counts: LineCounts = { lines: 0, records: 0, failures: 0, broken: 0, other: 0 };
  const forms = new Set<LogForm>();
  const clusters = { inbound: new Map<string, ClusterTraffic>(), outbound: new Map<string, ClusterTraffic>(), unknown: new Map<string, ClusterTraffic>() };
  const handshakes = new Map<string, ClusterTraffic>();
  const events: ProxyEvent[] = [];
  const probes: ProbeEvent[] = [];
  const failedInbound = new Set<number>();
  const reuse = createReuse();
  const addRecord = (record: LogRecord, source: string): void => {
    counts.records++;
    forms.add(record.form);
    const isHandshake = record.handshakeFailure !== "";
    const traffic = isHandshake ? ofListener(handshakes, record) : ofCluster(clusters[record.direction], record);
    see(traffic, record);
    const gapMs = reuse.gapMs(record, source);
    const endpoint = endpointOf(traffic, record, source);
    if (!isFailure(record)) {
      answered(traffic, endpoint, record, gapMs);
      return;
    }
    counts.failures++;
    if (isMadeBeforeApp(record) && failedInbound.size < most.ids && record.requestId !== "") failedInbound.add(textHash(record.requestId));
    keep(groupOf(traffic, record), record, gapMs, endpoint);
  };

  const add = (line: ParsedLine, source: string): void => {
    counts.lines++;
    if (line.is === "record") addRecord(line.record, source);
    else if (line.is === "broken") counts.broken++;
    else counts.other++;
    if (line.is === "event" && events.length < most.events) events.push({ ...line.event, text: ownText(line.event.text) });
    if (line.is === "probe" && probes.length < most.events) probes.push(line.probe);
  };

  const finish = (admin: AdminFacts, mesh: MeshFacts): Evidence => ({
    counts, forms, events, probes, failedInbound, admin, mesh,
    traffic: Object.values(clusters).flatMap((each) => [...each.values()]),
    groups: Object.values(clusters).flatMap(groupsIn), handshakes: groupsIn(handshakes),
  });
  return { add, finish };
}

function groupsIn(clusters: ReadonlyMap<string, ClusterTraffic>): FailureGroup[] {
  return [...clusters.values()].flatMap(({ groups }) => [...groups.values()]);
}

function ofCluster(clusters: Map<string, ClusterTraffic>, record: LogRecord): ClusterTraffic {
  return found(clusters, record.cluster === "" ? `?${record.authority}` : record.cluster, () => createTraffic(record), most.clusters);
}

function ofListener(handshakes: Map<string, ClusterTraffic>, record: LogRecord): ClusterTraffic {
  return found(handshakes, record.downstreamLocal, () => createTraffic({ ...record, cluster: record.downstreamLocal, direction: "inbound" }), most.clusters);
}

/** What is there by this key, or made for it; when there is no more room, all the rest is one. */
function found<Thing>(things: Map<string, Thing>, key: string, make: () => Thing, room: number): Thing {
  const kept = things.size >= room ? "" : key;
  const known = things.get(key) ?? things.get(kept);
  if (known !== undefined) return known;
  const made = make();
  things.set(ownText(kept), made);
  return made;
}

function see(traffic: ClusterTraffic, { timeMs, authority }: LogRecord): void {
  traffic.total++;
  if (timeMs < traffic.firstMs) traffic.firstMs = timeMs;
  if (timeMs > traffic.lastMs) traffic.lastMs = timeMs;
  if (traffic.authority === "" && authority !== "") traffic.authority = ownText(authority);
}

function answered(traffic: ClusterTraffic, endpoint: EndpointTraffic | undefined, { timeMs }: LogRecord, gapMs: number): void {
  traffic.ok++;
  if (gapMs > traffic.longestReuseMs) traffic.longestReuseMs = gapMs;
  if (endpoint === undefined) return;
  endpoint.firstOkMs = Math.min(endpoint.firstOkMs, timeMs);
  endpoint.lastOkMs = Math.max(endpoint.lastOkMs, timeMs);
}

function endpointOf(traffic: ClusterTraffic, { host }: LogRecord, source: string): EndpointTraffic | undefined {
  if (host === "") return undefined;
  // For an app, the proxy in front of it tells which one it is; for a peer, its address does.
  const place = traffic.direction === "outbound" ? "" : source;
  return found(traffic.endpoints, place === "" ? host : `${place} ${host}`, () => createEndpoint(host, place), most.endpoints);
}

function groupOf(traffic: ClusterTraffic, record: LogRecord): FailureGroup {
  const flag = mainFlag(record.flags);
  const reason = reasonOf(record);
  return found(traffic.groups, `${record.flags} ${record.status} ${record.details} ${reason}`, () => createGroup(traffic, record, flag, reason), most.groups);
}

function keep(group: FailureGroup, record: LogRecord, gapMs: number, endpoint: EndpointTraffic | undefined): void {
  group.count++;
  const place = group.events.place();
  if (place === undefined) return;
  const { timeMs, method, attempts, bytesSent, requestId } = record;
  const durationMs = Number.isNaN(record.durationMs) ? 0 : record.durationMs;
  group.events.put(place, {
    timeMs, endMs: timeMs + durationMs, durationMs, gapMs, endpoint, method: method.length > 10 ? "?" : ownText(method), attempts, bytesSent,
    requestHash: requestId === "" ? 0 : textHash(requestId),
  });
}

/** A proxy answered in place of its app. */
function isMadeBeforeApp({ direction, flags, details }: LogRecord): boolean {
  return direction === "inbound" && (flags !== "" || (details !== "" && details !== "via_upstream") || isDenial(details));
}
