import type { Finding } from "./finding.ts";
import type { FailureEvent, FailureGroup } from "./traffic.ts";

/** What every finding about a group of failures says of it. */
export function about(group: FailureGroup, of?: readonly FailureEvent[]): Pick<Finding, "count" | "of" | "where" | "flags" | "status" | "details" | "example"> {
  const { traffic, flags, status, details, example, events } = group;
  const share = of === undefined ? 1 : of.length / Math.max(1, events.chosen.length);
  return {
    count: Math.round(group.count * share), of: traffic.total, flags, status, details, example,
    where: { direction: traffic.direction, cluster: traffic.cluster, hosts: hostsOf(of ?? events.chosen) },
  };
}

function hostsOf(events: readonly FailureEvent[]): string[] {
  const hosts = new Set<string>();
  for (const { endpoint } of events) if (endpoint !== undefined && hosts.size < 10) hosts.add(endpoint.host);
  return [...hosts].sort();
}

export function methodsOf(events: readonly FailureEvent[]): ReadonlySet<string> {
  return new Set(events.map(({ method }) => method));
}
