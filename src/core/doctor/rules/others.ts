import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { responseFlag } from "../flags.ts";
import { policy } from "../remedies.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";
import { mindWhose, whoseIs } from "../whose.ts";

/** NC: the route was there before the cluster. */
export function noCluster(group: FailureGroup, { admin }: Evidence): Finding {
  const warming = admin.config?.warmingClusters ?? [];
  const rejected = admin.config?.rejected ?? [];
  return {
    ...about(group), cause: "no-cluster", sure: "certain", title: "the route leads to a cluster that the proxy does not have, or not yet",
    evidence: ["Envoy: cluster_not_found", ...warming.map((name) => `still warming: ${name}`), ...rejected.map(({ name, why }) => `rejected: ${name}: ${why}`)],
    remedies: [{ title: "see whether the service exists, and whether the proxy took its clusters (`probeplane inspect proxy`: rejections)" }],
    turnOn: admin.config === undefined ? ["`/config_dump` of the proxy (`--admin`): clusters that are warming or were rejected"] : [],
  };
}

/** NR: nobody said where to. */
export function noRoute(group: FailureGroup): Finding {
  return {
    ...about(group), cause: "no-route", sure: "certain", title: group.status === 0 ? "no filter chain of the listener was for the connection" : `no route was for the request (host ${group.example.authority || "unknown"}, path ${group.example.path || "unknown"})`,
    evidence: [`Envoy: ${group.details || group.reason || "NR"}`],
    remedies: [{ title: "see which host and path callers ask for, against the proxy's routes; under mutual TLS, whether the caller speaks it" }], turnOn: [],
  };
}

/** Who may call was asked, and the answer was no. */
export function denied(group: FailureGroup, evidence: Evidence): Finding {
  const whose = whoseIs(group, evidence);
  const caller = `spiffe://${evidence.mesh.name}/CALLER`;
  return {
    ...about(group), cause: "not-permitted", sure: "certain", title: "the caller may not call this: a MeshTrafficPermission says so",
    evidence: [`Envoy: ${group.details || group.reason}`, `callers from ${group.example.downstream || "an unknown address"}`],
    remedies: [{
      title: "if it may, let it",
      documents: [policy("MeshTrafficPermission", `${whose.name}-allow`, evidence, { targetRef: whose.top, rules: [{ default: { allow: [{ spiffeID: { type: "Exact", value: caller } }] } }] })],
      mind: ["CALLER is to be the caller's service.", mindWhose(whose)].join(" ").trim(),
    }],
    turnOn: [],
  };
}

/** The caller did not wait. */
export function callerLeft(group: FailureGroup): Finding {
  return {
    ...about(group), cause: "caller-left", sure: "certain", title: "the caller went away before the answer was there",
    evidence: [`Envoy: ${group.details || group.flag}`],
    remedies: [{ title: "compare the caller's own timeout with how long the answers take; where callers cancel on purpose, nothing is wrong" }], turnOn: [],
  };
}

/** UPE, DPE: what came is not the protocol that was expected. */
export function wrongProtocol(group: FailureGroup): Finding {
  const known = responseFlag(group.flag);
  return {
    ...about(group), cause: "wrong-protocol", sure: "likely", title: known?.meaning ?? group.flag,
    evidence: [`Envoy: ${group.details || group.flag}`],
    remedies: [{ title: `look at ${known?.look ?? "both sides"}` }], turnOn: [],
  };
}

/** Everything else: what Envoy means by the flag. */
export function byFlag(group: FailureGroup): Finding {
  const known = responseFlag(group.flag);
  return {
    ...about(group), cause: known === undefined ? "cannot-tell" : "by-flag", sure: known === undefined ? "cannot tell" : "certain",
    title: known === undefined ? `the flag ${group.flag} is none that Envoy 1.40 has` : `${known.name}: ${known.meaning}`,
    evidence: [...(group.details === "" ? [] : [`Envoy: ${group.details}`]), ...(group.reason === "" ? [] : [group.reason])],
    remedies: known === undefined ? [] : [{ title: `look at ${known.look}` }],
    turnOn: [],
  };
}
