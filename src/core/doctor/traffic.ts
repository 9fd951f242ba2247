import type { Direction, LogRecord } from "./log-record.ts";
import { createSample, type Sample } from "./sample.ts";
import { ownText } from "./text-hash.ts";

/** All that was seen of one cluster: the way to a service, or to the app behind a proxy. */
export interface ClusterTraffic {
  readonly direction: Direction;
  /** The cluster's name; where the log has none, the host that was asked for. */
  readonly cluster: string;
  /** False: the log has no clusters, `cluster` is the host that was asked for. */
  readonly isNamed: boolean;
  total: number;
  ok: number;
  firstMs: number;
  lastMs: number;
  /** Longest time for which a connection was idle and then served a request. */
  longestReuseMs: number;
  /** The host that most was asked of by name, for people. */
  authority: string;
  readonly endpoints: Map<string, EndpointTraffic>;
  readonly groups: Map<string, FailureGroup>;
}

/** What was seen of one host of a cluster, by one proxy. */
export interface EndpointTraffic {
  readonly host: string;
  /** The proxy or file that it was seen in. */
  readonly source: string;
  firstOkMs: number;
  lastOkMs: number;
}

/** Requests of one cluster that failed in the same way. */
export interface FailureGroup {
  readonly traffic: ClusterTraffic;
  /** Without URX, which says only that trying again did not help. */
  readonly flag: string;
  readonly flags: string;
  readonly status: number;
  readonly details: string;
  readonly reason: string;
  count: number;
  readonly example: FailureExample;
  readonly events: Sample<FailureEvent>;
}

export interface FailureEvent {
  readonly timeMs: number;
  /** When it ended. */
  readonly endMs: number;
  readonly durationMs: number;
  /** As `Reuse.gapMs`. */
  readonly gapMs: number;
  readonly endpoint: EndpointTraffic | undefined;
  readonly method: string;
  readonly attempts: number;
  readonly bytesSent: number;
  /** 0: none. */
  readonly requestHash: number;
}

/** One of them, as the log has it. */
export interface FailureExample {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly host: string;
  readonly userAgent: string;
  readonly timeMs: number;
  readonly downstream: string;
  readonly downstreamLocal: string;
}

/** Enough to see a pattern in; more would be memory. */
const eventsKept = 2000;

export function createTraffic(record: LogRecord): ClusterTraffic {
  const isNamed = record.cluster !== "";
  return {
    direction: record.direction, cluster: ownText(isNamed ? record.cluster : record.authority), isNamed,
    total: 0, ok: 0, firstMs: Infinity, lastMs: -Infinity, longestReuseMs: -1, authority: ownText(record.authority),
    endpoints: new Map(), groups: new Map(),
  };
}

export function createEndpoint(host: string, source: string): EndpointTraffic {
  return { host: ownText(host), source, firstOkMs: Infinity, lastOkMs: -Infinity };
}

export function createGroup(traffic: ClusterTraffic, record: LogRecord, flag: string, reason: string): FailureGroup {
  const { method, path, authority, host, userAgent, timeMs, downstream, downstreamLocal } = record;
  return {
    traffic, flag, flags: ownText(record.flags), status: record.status, details: ownText(record.details), reason: ownText(reason), count: 0,
    example: {
      method: ownText(method), path: ownText(path.slice(0, 200)), authority: ownText(authority), host: ownText(host),
      userAgent: ownText(userAgent.slice(0, 200)), timeMs, downstream: ownText(downstream), downstreamLocal: ownText(downstreamLocal),
    },
    events: createSample(eventsKept),
  };
}
