import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { stateOf } from "./no-host.ts";

const nowhere = { flags: "", status: 0, details: "" } as const;

/** What the admin interface and the proxy's own log tell without any request that failed. */
export function beyondLogs(evidence: Evidence): readonly Finding[] {
  return [...panics(evidence), ...rejections(evidence)];
}

/** In panic a proxy sends to all hosts, healthy or not: then failures are those of hosts that should not have been asked. */
function panics({ admin: { stats, clusters } }: Evidence): readonly Finding[] {
  return [...(stats ?? [])].flatMap(([stat, count]) => {
    const [, cluster] = /^cluster\.(.*)\.lb_healthy_panic$/.exec(stat) ?? [];
    if (cluster === undefined || count === 0) return [];
    const hosts = clusters?.get(cluster)?.hosts ?? [];
    return [{
      ...nowhere, cause: "panic" as const, sure: "certain" as const, count, where: { direction: "outbound", cluster, hosts: hosts.map(({ address }) => address) },
      title: "so many hosts were unhealthy that the proxy sent to all of them, healthy or not",
      evidence: [`lb_healthy_panic is ${count}: so many requests were sent in panic`, ...stateOf(hosts)],
      remedies: [{ title: "see why the hosts are unhealthy; `healthyPanicThreshold` (MeshCircuitBreaker, MeshHealthCheck) says from which share on: 0 sends to healthy hosts only, and answers 503 where there is none" }],
      turnOn: clusters === undefined ? ["`/clusters?format=json` of the proxy"] : [],
    }];
  });
}

function rejections({ admin: { config }, events }: Evidence): readonly Finding[] {
  const told = [...(config?.rejected ?? []).map(({ name, why }) => `${name}: ${why}`), ...events.filter(({ what }) => what === "config-rejected").map(({ text }) => text)];
  if (told.length === 0) return [];
  return [{
    ...nowhere, cause: "config-rejected", sure: "certain", count: told.length, where: { direction: "", cluster: "", hosts: [] },
    title: "the proxy rejected configuration and goes on with what it had", evidence: [...new Set(told)].slice(0, 10),
    remedies: [{ title: "see the policy that made it: `probeplane inspect` shows the rejection there" }], turnOn: [],
  }];
}
