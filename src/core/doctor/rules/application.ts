import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { counted } from "../in-words.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";

/** No flag: the answer is the upstream's. Seen from the app's own proxy that is the app; seen from a caller it can be the peer's proxy. */
export function application(group: FailureGroup, evidence: Evidence): Finding {
  const { traffic, details, status, events } = group;
  if (details !== "" && details !== "via_upstream") {
    return {
      ...about(group), cause: details === "direct_response" ? "no-route" : "by-flag", sure: "certain", title: `the proxy itself answered ${status}: ${details.replaceAll("_", " ")}`,
      evidence: [`Envoy's details of the answer: ${details}`], remedies: [{ title: "see the proxy's routes and filters" }], turnOn: [],
    };
  }
  if (traffic.direction === "inbound") {
    return {
      ...about(group), cause: "application", sure: details === "" ? "likely" : "certain", title: `the app itself answered ${status}`,
      evidence: ["no flag: the proxy in front of the app passed on what the app answered"],
      remedies: [{ title: "look at the app's own log: no policy of a mesh changes this answer" }], turnOn: [],
    };
  }
  const behind = events.chosen.filter(({ requestHash }) => requestHash !== 0 && evidence.failedInbound.has(requestHash));
  if (behind.length > 0) {
    return {
      ...about(group), cause: "by-flag", sure: "certain", title: "the peer's proxy answered in place of its app: the finding about its side says why",
      evidence: [`${counted(behind.length, "request")} of ${events.chosen.length} ${behind.length === 1 ? "has" : "have"} the same id as one that failed at the proxy in front of the app`], remedies: [], turnOn: [],
    };
  }
  const size = events.chosen[0]?.bytesSent ?? Number.NaN;
  const [, text] = localReplies.find(([bytes]) => events.chosen.length > 0 && events.chosen.every(({ bytesSent }) => bytesSent === bytes)) ?? [];
  if (text !== undefined && status === 503) {
    return {
      ...about(group), cause: "cannot-tell", sure: "cannot tell", title: "the answer came from the peer; by its length it is one that Envoy makes, so that the peer's proxy answered in place of its app",
      evidence: [`every one of these answers has ${size} bytes, as "${text}" has`], remedies: [], turnOn: [peersLog],
    };
  }
  return {
    ...about(group), cause: "application", sure: traffic.direction === "outbound" ? "likely" : "possible", title: `the app behind answered ${status}`,
    evidence: ["no flag: the proxy passed on what came from the other side"],
    remedies: [{ title: "look at the app's own log: no policy of a mesh changes this answer" }],
    turnOn: [peersLog],
  };
}

const peersLog = "the access log of the proxy in front of the app: whether the app answered so, or the proxy in its place";

/** What Envoy writes into answers of its own. */
const localReplies: readonly (readonly [number, string])[] = [
  "no healthy upstream",
  "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
  "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused",
  "upstream connect error or disconnect/reset before headers. reset reason: overflow",
].map((text) => [text.length, text]);
