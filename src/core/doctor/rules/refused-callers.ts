import type { Evidence } from "../evidence.ts";
import type { Finding, Remedy } from "../finding.ts";
import { counted, quantile, roughly, sorted } from "../in-words.ts";
import { permissivePort } from "../remedies.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";
import { whoseIs } from "../whose.ts";
import { handshakeFailed } from "./tls-failed.ts";

/** Connections that an inbound with mutual TLS refused: plain text, at regular times, is a probe; else it is a caller without a proxy. */
export function refusedCaller(group: FailureGroup, evidence: Evidence): Finding {
  if (!/HTTP.REQUEST|WRONG.VERSION.NUMBER/.test(group.reason)) {
    return { ...handshakeFailed(group, evidence), title: `callers were refused in the handshake: ${group.reason}` };
  }
  const port = Number(/:(\d+)$/.exec(group.example.downstreamLocal)?.[1] ?? Number.NaN);
  const callers = callersOf(group);
  const rhythm = rhythmOf(group);
  const probes = probesIn(evidence);
  const isProbe = probes.length > 0 || rhythm !== undefined;
  const shared = [
    `${counted(group.count, "connection")} to port ${port} from ${callers.join(", ")} began in plain text (TLS says ${group.reason.includes("HTTP") ? "HTTP_REQUEST" : "WRONG_VERSION_NUMBER"})`,
    ...(rhythm === undefined ? [] : [`always ${roughly(rhythm)} apart, as probes are`]),
    ...probes,
  ];
  const whose = whoseIs(group, evidence);
  return {
    ...about(group), cause: isProbe ? "probe-under-mutual-tls" : "plain-text-refused", sure: probes.length > 0 ? "certain" : isProbe ? "likely" : "certain",
    title: isProbe ? "probes in plain text, such as the kubelet's, come to a port that asks for mutual TLS" : "callers without mutual TLS come to a port that asks for it",
    evidence: shared,
    remedies: [...(isProbe ? [rewrite, excludePort(port)] : [{ title: "give these callers a proxy of the mesh" }]), permissivePort(whose, evidence, port)],
    turnOn: isProbe && probes.length === 0 ? ["`kubectl get events` beside the log: the kubelet says there which probes failed"] : [],
  };
}

/** Probes that failed as they do when TLS is asked for; with nothing in any proxy's log, that is what there is to go by. */
export function failedProbes(evidence: Evidence): readonly Finding[] {
  const failed = probesIn(evidence);
  if (failed.length === 0 || evidence.handshakes.some(({ reason }) => /HTTP.REQUEST|WRONG.VERSION.NUMBER/.test(reason))) return [];
  const isOn = evidence.mesh.mtls === "strict";
  return [{
    cause: "probe-under-mutual-tls", sure: isOn ? "likely" : "possible", title: "probes fail as they do when they come in plain text to a port that asks for mutual TLS",
    count: evidence.probes.length, where: { direction: "inbound", cluster: "", hosts: [] }, flags: "", status: 0, details: "",
    evidence: [...failed, ...(isOn ? ["the mesh's mutual TLS is STRICT"] : [])], remedies: [rewrite],
    turnOn: ["the sidecar's access log: it has each handshake that failed"],
  }];
}

/** What the kubelet sees when TLS closes the door on plain text. */
function probesIn({ probes }: Evidence): string[] {
  const failed = probes.filter(({ message }) => /connection reset by peer|\bEOF\b|malformed HTTP response|server closed|broken pipe/.test(message));
  const [first] = failed;
  return first === undefined ? [] : [`the kubelet: ${failed.length === 1 ? "a" : failed.length} ${first.probe} probe${failed.length === 1 ? "" : "s"} failed, ${first.message}`];
}

const rewrite: Remedy = {
  title: "have probes rewritten, so that the kubelet asks the sidecar's agent on port 15020",
  documents: [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "app" }, spec: { template: { metadata: { annotations: { "sidecar.istio.io/rewriteAppHTTPProbers": "true" } } } } }],
  mind: "For Kubernetes, as a patch of the workload: the annotation stands on the pod's template, not on the Deployment.",
};

function excludePort(port: number): Remedy {
  return {
    title: `or leave port ${port} out of interception, if it is for probes only`,
    documents: [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "app" }, spec: { template: { metadata: { annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": String(port) } } } } }],
  };
}

function callersOf({ events, example }: FailureGroup): string[] {
  const address = example.downstream.replace(/:\d+$/, "");
  return events.chosen.length === 0 || address === "" ? ["unknown addresses"] : [address];
}

/** The time between two, where it is nearly always the same. */
function rhythmOf({ events }: FailureGroup): number | undefined {
  const times = sorted(events.chosen.map(({ timeMs }) => timeMs));
  const gaps = sorted(times.slice(1).map((time, at) => time - (times[at] ?? 0)));
  const middle = quantile(gaps, 0.5);
  if (gaps.length < 3 || !(middle >= 50)) return undefined;
  const near = gaps.filter((gap) => Math.abs(gap - middle) < Math.max(middle * 0.2, 30)).length;
  return near >= gaps.length * 0.7 ? middle : undefined;
}
