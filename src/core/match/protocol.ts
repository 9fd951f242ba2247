import type { Inbound } from "../model/dataplane.ts";
import type { InboundPlan, Protocol } from "../model/plan.ts";
import { labelNames } from "../model/label-names.ts";

const known: ReadonlySet<string> = new Set<Protocol>(["http", "http2", "grpc", "tcp", "tls", "kafka", "mysql"]);

/** What each protocol can also be taken for, best first (Kuma 2.14, protocol stacks). One that is not here is only itself. */
const stacks: Partial<Record<Protocol, readonly Protocol[]>> = {
  grpc: ["grpc", "http2", "tcp"],
  http2: ["http2", "tcp"],
  http: ["http", "tcp"],
  kafka: ["kafka", "tcp"],
  tls: ["tcp"],
  tcp: ["tcp"],
};

/** Reads a protocol's name, in any case of letters; `unknown` for nothing and for a name that nobody knows. */
export function parseProtocol(text: string | undefined): Protocol {
  const name = text?.toLowerCase() ?? "";
  return known.has(name) ? (name as Protocol) : "unknown";
}

/** What an inbound says that its app speaks: its tag `kuma.io/protocol`, else its field `protocol`. */
export function inboundProtocol(inbound: Inbound): Protocol {
  return parseProtocol(inbound.tags?.[labelNames.protocol] ?? inbound.protocol);
}

/**
 * What can be said to all endpoints of a service. `unknown` when there are none, when one of them says nothing, and when two have
 * nothing in common (Kuma 2.14, GetCommonProtocol).
 */
export function sharedProtocol(protocols: readonly Protocol[]): Protocol {
  const [first, ...rest] = protocols;
  return first === undefined ? "unknown" : rest.reduce(shared, first);
}

function shared(one: Protocol, other: Protocol): Protocol {
  if (one === other) return one;
  const otherStack = stacks[other] ?? [];
  return stacks[one]?.find((protocol) => otherStack.includes(protocol)) ?? "unknown";
}

/** What of a destination decides how traffic and checks reach it. */
export interface Traffic {
  readonly protocol: Protocol;
  /** Absent: not HTTP. */
  readonly httpVersion?: 1 | 2;
  readonly external?: true;
}

/**
 * HTTP version of the hop to a destination. Between two proxies of the mesh it is 2 for everything that is HTTP, whatever the app
 * itself speaks; the proxy at the other end translates. Outside the mesh it is what the service itself speaks.
 */
export function trafficTo({ protocol, external }: { readonly protocol: Protocol; readonly external?: object }): Traffic {
  const outside = external === undefined ? {} : { external: true as const };
  if (protocol !== "http" && protocol !== "http2" && protocol !== "grpc") return { protocol, ...outside };
  return { protocol, httpVersion: external !== undefined && protocol === "http" ? 1 : 2, ...outside };
}

/** What rules for an inbound are planned by. */
export interface InboundTraffic {
  readonly protocol: Protocol;
  /** HTTP version that callers in the mesh speak to it. Absent: not HTTP. */
  readonly httpVersion?: 1 | 2;
  readonly captured?: true;
}

export function inboundTraffic({ protocol, captured }: Pick<InboundPlan, "protocol" | "captured">): InboundTraffic {
  const { httpVersion } = trafficTo({ protocol });
  return { protocol, ...(httpVersion === undefined ? {} : { httpVersion }), ...(captured === true ? { captured } : {}) };
}
