import { isRefused } from "../closed-connections.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding, Remedy } from "../finding.ts";
import { counted } from "../in-words.ts";
import { lifecycle, policy, retryResets } from "../remedies.ts";
import { about, methodsOf } from "../report-group.ts";
import type { FailureEvent, FailureGroup } from "../traffic.ts";
import { mindWhose, whoseIs } from "../whose.ts";
import { onLocalhost } from "./app-on-localhost.ts";
import { handshakeFailed, isTlsFailure } from "./tls-failed.ts";

/** UF: no connection to the host. */
export function connectionFailed(group: FailureGroup, evidence: Evidence): readonly Finding[] {
  if (isTlsFailure(group)) return [handshakeFailed(group, evidence)];
  if (`${group.details} ${group.reason}`.includes("timeout")) return [connectTimeout(group, evidence)];
  const isApp = group.traffic.direction !== "outbound";
  if (!isRefused(group) && group.details !== "" && group.reason !== "") return [unreachable(group, evidence, group.events.chosen, "likely")];
  return [...sorted(group)].map(([when, events]) => (isApp ? ofApp(when, group, events, evidence) : ofPeer(when, group, events, evidence)));
}

/** When a host refused connections, seen from when it answered. */
type When = "never-answered" | "before-first-answer" | "after-last-answer" | "in-between";

function sorted({ events }: FailureGroup): ReadonlyMap<When, readonly FailureEvent[]> {
  const all = new Map<When, FailureEvent[]>();
  for (const event of events.chosen) all.set(whenOf(event), [...(all.get(whenOf(event)) ?? []), event]);
  return all;
}

function whenOf({ endpoint, timeMs }: FailureEvent): When {
  if (endpoint === undefined || endpoint.firstOkMs === Infinity) return "never-answered";
  if (timeMs < endpoint.firstOkMs) return "before-first-answer";
  return timeMs > endpoint.lastOkMs ? "after-last-answer" : "in-between";
}

function ofApp(when: When, group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  if (when === "never-answered") return onLocalhost(group, events, evidence);
  const refused = `${counted(events.length, "connection")} refused by an app that `;
  const base = { ...about(group, events), turnOn: [] };
  if (when === "in-between") {
    return {
      ...base, cause: "app-crash", sure: "likely", title: "the app was gone for a while and came back: it restarted",
      evidence: [`${refused}had answered before and answered again`],
      remedies: [{ title: "look at the app's own log before that time, and at its restarts (`kubectl describe pod`: exit code, OOMKilled)" }, lifecycle(evidence)],
    };
  }
  const isStart = when === "before-first-answer";
  return {
    ...base, cause: "restart-order", sure: "likely",
    title: isStart ? "requests came before the app listened" : "requests came after the app had ended",
    evidence: [`${refused}${isStart ? "answered only later" : "had answered before, and never again"}`],
    remedies: [isStart ? notBeforeReady : lifecycle(evidence), retryResets(whoseIs(group, evidence), evidence, methodsOf(events))],
  };
}

const notBeforeReady: Remedy = { title: "give the app a readiness probe (Kubernetes) or `serviceProbe` in its Dataplane, so that nobody is sent there before it listens" };

function ofPeer(when: When, group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  if (when === "never-answered") {
    // Where other hosts answer, this one is not up yet, or gone already; where none does, something is wrong with all of them.
    return group.traffic.ok > 0 ? restart(group, events, evidence, "hosts that did not answer once, while others did") : unreachable(group, evidence, events, "likely");
  }
  const text = { "before-first-answer": "hosts that answered only later", "after-last-answer": "hosts that had answered before, and never again", "in-between": "hosts that had answered before and answered again" }[when];
  return restart(group, events, evidence, text);
}

function restart(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence, hosts: string): Finding {
  return {
    ...about(group, events), cause: "restart-order", sure: "likely",
    title: "callers were sent to a host that was not there: it starts too late, or stops too early, for what the mesh is told",
    evidence: [`${counted(events.length, "connection")} refused by ${hosts}`, `${group.traffic.ok} of ${group.traffic.total} requests to the same service were answered`],
    remedies: [retryResets(whoseIs(group, evidence), evidence, methodsOf(events)), lifecycle(evidence), checkHosts(group, evidence)],
    turnOn: [],
  };
}

/** A check takes a host out that nobody says has gone. */
function checkHosts(group: FailureGroup, evidence: Evidence): Remedy {
  const whose = whoseIs(group, evidence);
  const conf = { interval: "10s", timeout: "2s", unhealthyThreshold: 2, healthyThreshold: 1, tcp: {} };
  return {
    title: "have callers check the hosts, so that one that is gone is not asked",
    documents: [policy("MeshHealthCheck", `${whose.name}-check`, evidence, { targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: conf }] })],
    mind: mindWhose(whose),
  };
}

function unreachable(group: FailureGroup, evidence: Evidence, events: readonly FailureEvent[], sure: Finding["sure"]): Finding {
  return {
    ...about(group, events), cause: "peer-unreachable", sure, title: `no connection to the host could be made${group.reason === "" ? "" : `: ${group.reason}`}`,
    evidence: [`${group.traffic.ok} of ${group.traffic.total} requests to the same service were answered`],
    remedies: [{ title: "see whether the hosts run, and whether their address and port are those that the mesh was told (`probeplane inspect`)" }],
    turnOn: group.reason === "" && group.details === "" ? ["%RESPONSE_CODE_DETAILS% and %UPSTREAM_TRANSPORT_FAILURE_REASON% in the access log"] : evidence.admin.clusters === undefined ? ["the caller's admin interface (`--admin`): which hosts it knows"] : [],
  };
}

function connectTimeout(group: FailureGroup, evidence: Evidence): Finding {
  const whose = whoseIs(group, evidence);
  return {
    ...about(group), cause: "connect-timeout", sure: "certain", title: "the host did not take the connection in time",
    evidence: [`Envoy: ${group.details || group.reason}`],
    remedies: [
      { title: "see whether something between the two drops packets (a NetworkPolicy, a firewall), or whether the host is gone or out of connections" },
      {
        title: "where connecting just takes long, give it longer",
        documents: [policy("MeshTimeout", `${whose.name}-connect`, evidence, { targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: { connectionTimeout: "10s" } }] })],
        mind: mindWhose(whose),
      },
    ],
    turnOn: [],
  };
}
