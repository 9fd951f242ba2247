import type { Evidence } from "./evidence.ts";
import { isDenial } from "./failure.ts";
import type { Finding, Sureness } from "./finding.ts";
import { application } from "./rules/application.ts";
import { beyondLogs } from "./rules/beyond-logs.ts";
import { connectionFailed } from "./rules/connection-failed.ts";
import { overflow, tookTooLong } from "./rules/limits.ts";
import { noHost } from "./rules/no-host.ts";
import { byFlag, callerLeft, denied, noCluster, noRoute, wrongProtocol } from "./rules/others.ts";
import { failedProbes, refusedCaller } from "./rules/refused-callers.ts";
import { upstreamClosed } from "./rules/upstream-closed.ts";
import type { FailureGroup } from "./traffic.ts";

type Rule = (group: FailureGroup, evidence: Evidence) => Finding | readonly Finding[];

/** A flag without a rule here means what Envoy says of it. */
const rules: Readonly<Record<string, Rule>> = {
  "": application,
  UC: upstreamClosed,
  UF: connectionFailed,
  UH: noHost,
  UO: overflow,
  UT: tookTooLong, SI: tookTooLong, UMSDR: tookTooLong, DT: tookTooLong,
  NC: noCluster,
  NR: noRoute,
  DC: callerLeft, DR: callerLeft,
  UPE: wrongProtocol, DPE: wrongProtocol,
};

/** Why requests failed: what explains most failures first, and what is surer before what is guessed. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  const found = [
    ...evidence.groups.flatMap((group) => ruleFor(group)(group, evidence)),
    ...evidence.handshakes.map((group) => refusedCaller(group, evidence)),
    ...failedProbes(evidence),
    ...beyondLogs(evidence),
  ];
  return merged(found).sort((a, b) => order(a) - order(b) || b.count - a.count);
}

function ruleFor(group: FailureGroup): Rule {
  if (isDenial(group.details) || isDenial(group.reason.replaceAll(" ", "_"))) return denied;
  return Object.hasOwn(rules, group.flag) ? (rules[group.flag] ?? byFlag) : byFlag;
}

/** What the caller did comes after what failed. */
function order({ cause }: Finding): number {
  return cause === "caller-left" ? 1 : 0;
}

const sureness: readonly Sureness[] = ["certain", "likely", "possible", "cannot tell"];

/** Two groups of one cluster with the same cause are one finding: `UF` and `URX,UF`, or two wordings of the details. */
function merged(findings: readonly Finding[]): Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const { cause, where, title } = finding;
    const key = [cause, where.direction, where.cluster, ...(cause === "by-flag" || cause === "cannot-tell" || cause === "application" ? [title] : [])].join(" ");
    const first = kept.get(key);
    kept.set(key, first === undefined ? finding : join(first, finding));
  }
  return [...kept.values()];
}

function join(a: Finding, b: Finding): Finding {
  const [more, less] = a.count >= b.count ? [a, b] : [b, a];
  const hosts = [...new Set([...a.where.hosts, ...b.where.hosts])].sort();
  const sure = sureness.find((each) => each === a.sure || each === b.sure) ?? more.sure;
  return {
    ...more, sure, count: a.count + b.count, where: { ...more.where, hosts },
    evidence: [...new Set([...more.evidence, ...less.evidence])],
    flags: [...new Set([more.flags, less.flags])].filter((each) => each !== "").join(" and "),
    turnOn: [...new Set([...more.turnOn, ...less.turnOn])],
  };
}
