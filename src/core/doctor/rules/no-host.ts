import type { HostFact } from "../admin-facts.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { counted } from "../in-words.ts";
import { policy } from "../remedies.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";
import { mindWhose, whoseIs } from "../whose.ts";

/** UH: which of the ways in which a cluster can be without hosts, `/clusters` says; the log does not. */
export function noHost(group: FailureGroup, evidence: Evidence): Finding {
  const hosts = evidence.admin.clusters?.get(group.traffic.cluster)?.hosts;
  if (hosts === undefined) return cannotTell(group, evidence);
  const states = stateOf(hosts);
  const base = { ...about(group), evidence: states, turnOn: [] };
  if (hosts.length === 0) {
    return {
      ...base, cause: "no-endpoints", sure: "certain", title: "the proxy knows no host of this service",
      evidence: ["/clusters: the cluster is empty"],
      remedies: [{ title: "see which Dataplanes or pods the service has (`probeplane inspect`, `kubectl get endpoints`): none is selected, none is ready, or its name is another" }],
    };
  }
  if (hosts.every(({ ejected }) => ejected)) return ejectedAll(group, evidence, base);
  if (hosts.every(({ failedActive, failedEds }) => failedActive || failedEds)) {
    return {
      ...base, cause: "all-unhealthy", sure: "certain", title: "every host fails its health check, and the proxy does not send to unhealthy ones",
      remedies: [
        { title: "see why the check fails: the app's answer on the checked path, and the check itself (path, status, port)" },
        { title: "where a check that fails should not stop all traffic, leave the panic threshold at its default of 50 %, and `failTrafficOnPanic` off" },
      ],
    };
  }
  if (hosts.every(isOut)) return ejectedAll(group, evidence, base);
  return { ...base, cause: "all-unhealthy", sure: "possible", title: "no host could take the request then; some can now", remedies: [{ title: "ask again while it fails" }] };
}

function ejectedAll(group: FailureGroup, evidence: Evidence, base: Pick<Finding, "count" | "where" | "flags" | "status" | "details" | "evidence" | "turnOn">): Finding {
  const whose = whoseIs(group, evidence);
  return {
    ...base, cause: "all-ejected", sure: "certain", title: "outlier detection has taken every host out",
    remedies: [
      { title: "see why the hosts failed before: the same service's other findings" },
      {
        title: "or take out at most half of them",
        documents: [policy("MeshCircuitBreaker", `${whose.name}-outliers`, evidence, { targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: { outlierDetection: { maxEjectionPercent: 50, detectors: { totalFailures: { consecutive: 5 } } } } }] })],
        mind: mindWhose(whose),
      },
    ],
  };
}

function isOut({ failedActive, ejected, failedEds }: HostFact): boolean {
  return failedActive || ejected || failedEds;
}

export function stateOf(hosts: readonly HostFact[]): string[] {
  const count = (is: (host: HostFact) => boolean): number => hosts.filter(is).length;
  return [`/clusters: of ${counted(hosts.length, "host")}, ${count(({ failedActive }) => failedActive)} fail their active check, ${count(({ ejected }) => ejected)} are ejected, ${count(({ failedEds }) => failedEds)} are unhealthy by what the control plane says`];
}

function cannotTell(group: FailureGroup, { groups }: Evidence): Finding {
  const others = groups.filter(({ traffic, flag }) => traffic === group.traffic && flag !== "UH");
  const failed = others.reduce((sum, { count }) => sum + count, 0);
  return {
    ...about(group), cause: "cannot-tell", sure: "cannot tell", title: "the proxy had no host to send to: none is known, or all are unhealthy or ejected",
    evidence: [
      group.traffic.ok === 0 ? "no request to this service was answered" : `${group.traffic.ok} of ${group.traffic.total} requests to this service were answered, so that it has hosts at times`,
      ...(failed > 0 ? [`${counted(failed, "request")} to it failed otherwise as well: its hosts may have been ejected for that`] : []),
    ],
    remedies: [],
    turnOn: ["`/clusters?format=json` of the caller's admin interface while it fails: `--admin URL` or `--admin-dir`"],
  };
}
