import type { FailureGroup, ClusterTraffic } from "./traffic.ts";
import type { LogForm, ProbeEvent, ProxyEvent } from "./log-record.ts";
import type { AdminFacts } from "./admin-facts.ts";

/** How much was read, and what it was. */
export interface LineCounts {
  lines: number;
  records: number;
  failures: number;
  /** Cut, or of a form that we do not know. */
  broken: number;
  /** What programs say beside their access logs. */
  other: number;
}

/** All that there is to go by. */
export interface Evidence {
  readonly counts: Readonly<LineCounts>;
  readonly forms: ReadonlySet<LogForm>;
  readonly traffic: readonly ClusterTraffic[];
  readonly groups: readonly FailureGroup[];
  /** Connections to a listener that were refused in the handshake, by listener and reason. */
  readonly handshakes: readonly FailureGroup[];
  readonly events: readonly ProxyEvent[];
  readonly probes: readonly ProbeEvent[];
  /** Hashes of the ids of requests that failed at a proxy in front of its app. */
  readonly failedInbound: ReadonlySet<number>;
  readonly admin: AdminFacts;
  readonly mesh: MeshFacts;
}

/** What is known of the mesh from its resources. */
export interface MeshFacts {
  readonly name: string;
  /** Mutual TLS, where a Mesh was given. */
  readonly mtls?: "off" | "strict" | "permissive";
  /** Services by the address and port of an inbound of theirs. */
  readonly services: ReadonlyMap<string, ServiceFact>;
  /** What all remedies are for, where the user said it. */
  readonly service?: string;
}

export interface ServiceFact {
  readonly service: string;
  readonly dataplane: string;
  /** Of the inbound: its name, else its port. */
  readonly section: string;
  /** The Dataplane as it was given, without what a store adds. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly port: number;
}
