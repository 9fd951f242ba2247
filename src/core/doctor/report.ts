import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { splitFlags, responseFlag } from "./flags.ts";
import { atTime, counted } from "./in-words.ts";

/** What was found, and in what. */
export interface Report {
  readonly lines: number;
  readonly requests: number;
  readonly failures: number;
  /** Lines that are cut, or of a form that is not known. */
  readonly broken: number;
  readonly from?: string;
  readonly until?: string;
  readonly findings: readonly Finding[];
  /** What would tell more. */
  readonly turnOn: readonly string[];
}

export function reportOf(evidence: Evidence, findings: readonly Finding[]): Report {
  const { counts, traffic } = evidence;
  const first = Math.min(...traffic.map(({ firstMs }) => firstMs));
  const last = Math.max(...traffic.map(({ lastMs }) => lastMs));
  return {
    lines: counts.lines, requests: counts.records, failures: counts.failures, broken: counts.broken,
    ...(Number.isFinite(first) && { from: atTime(first), until: atTime(last) }),
    findings, turnOn: missing(evidence),
  };
}

/** Envoy's own form has neither details nor clusters: there, much cannot be told apart. */
function missing({ forms, counts }: Evidence): string[] {
  if (counts.failures === 0) return [];
  return forms.has("envoy-text") || forms.has("kuma-text")
    ? ["a log form with %RESPONSE_CODE_DETAILS%, %UPSTREAM_CLUSTER%, %UPSTREAM_TRANSPORT_FAILURE_REASON% and %UPSTREAM_LOCAL_ADDRESS%: the one that these lines are in has none of them"]
    : [];
}

/** The report as lines for people. @param print a document as YAML */
export function describeReport(report: Report, print: (document: unknown) => string): string[] {
  const { lines, requests, failures, broken, from, until, findings, turnOn } = report;
  const span = from === undefined ? "" : `, ${from} to ${until ?? ""}`;
  return [
    `${counted(lines, "line")}: ${requests} of requests and connections${span}; ${failures} failed`,
    ...(broken > 0 ? [`${counted(broken, "line")} could not be read: cut, or of a form that is not known`] : []),
    ...(findings.length === 0 ? ["", requests === 0 ? "Nothing here is an access log." : "Nothing to explain."] : []),
    ...findings.flatMap((finding, at) => ["", ...describeFinding(finding, at + 1, print)]),
    ...(turnOn.length > 0 ? ["", "To see more:", ...turnOn.map((each) => `  - ${each}`)] : []),
  ];
}

function describeFinding(finding: Finding, number: number, print: (document: unknown) => string): string[] {
  const { cause, sure, title, count, of, where, flags, status, details, evidence, remedies, turnOn, example } = finding;
  const place = [where.direction === "unknown" ? "" : where.direction, where.cluster].filter((each) => each !== "").join(" ");
  const answer = [status === 0 ? "" : String(status), flags === "" ? (status === 0 ? "" : "no flag") : flags, details].filter((each) => each !== "").join(" ");
  return [
    `${number}. ${cause} (${sure})${place === "" ? "" : ` at ${place}`}: ${title}`,
    `   ${count}${of === undefined ? "" : ` of ${of}`}${answer === "" ? "" : `: ${answer}`}${namesOf(flags)}`,
    ...(example === undefined || example.method === "" ? [] : [`   such as ${example.method} ${example.path} at ${atTime(example.timeMs)}`]),
    ...evidence.map((each) => `   because ${each}`),
    ...remedies.flatMap(({ title: what, mind = "", documents = [] }) => [
      `   to do: ${what}`,
      ...(mind === "" ? [] : [`     mind: ${mind}`]),
      ...documents.flatMap((document) => ["     ---", ...print(document).trimEnd().split("\n").map((line) => `     ${line}`)]),
    ]),
    ...turnOn.map((each) => `   to be surer: ${each}`),
  ];
}

function namesOf(flags: string): string {
  const names = splitFlags(flags.replaceAll(" and ", ",")).map((flag) => responseFlag(flag)?.name ?? "unknown flag");
  return names.length === 0 ? "" : ` (${[...new Set(names)].join(", ")})`;
}
