import { sortClosed, type ClosedHow } from "../closed-connections.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding, Remedy } from "../finding.ts";
import { atTime, counted, quantile, roughly, safelyBelow, sorted } from "../in-words.ts";
import { idleTimeout, join, lifecycle, retryResets } from "../remedies.ts";
import { about, methodsOf } from "../report-group.ts";
import type { FailureEvent, FailureGroup } from "../traffic.ts";
import { whoseIs } from "../whose.ts";
import { refusedPlainText } from "./plain-text.ts";

/** UC: the host closed the connection before it answered. One group can have several causes, told apart by what was around each. */
export function upstreamClosed(group: FailureGroup, evidence: Evidence): readonly Finding[] {
  const refused = refusedPlainText(group, evidence);
  if (refused !== undefined) return [refused];
  return [...sortClosed(group, evidence)].map(([how, events]) => rules[how](group, events, evidence));
}

type Rule = (group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence) => Finding;

const rules: Readonly<Record<ClosedHow, Rule>> = { idle: keepAliveRace, crash: crashed, together: cutTogether, answering: closedWhileAnswering, unclear: unclear };

function keepAliveRace(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const { traffic } = group;
  const gaps = sorted(events.map(({ gapMs }) => gapMs));
  const shortest = quantile(gaps, 0);
  const direction = traffic.direction === "outbound" ? "outbound" : "inbound";
  const isTight = quantile(gaps, 0.9) < shortest * 1.5;
  return {
    ...about(group, events), cause: "keep-alive-race", sure: isTight && events.length >= 3 ? "certain" : "likely",
    title: `the ${direction === "inbound" ? "app" : "other side"} closes connections that were idle for about ${roughly(shortest)}, just as the proxy uses them again`,
    evidence: [
      `${counted(events.length, "connection")} had answered before, had been idle for ${range(gaps)}, and ${events.length === 1 ? "was" : "were"} closed within ${roughly(quantile(sorted(events.map(({ durationMs }) => durationMs)), 0.9))} of the next request`,
      ...(traffic.longestReuseMs >= 0 ? [`the longest time after which a connection was still good: ${roughly(traffic.longestReuseMs)}`] : []),
      `${counted(traffic.ok, "other request")} of ${traffic.total} were answered`,
    ],
    remedies: [idleTimeout(whoseIs(group, evidence), evidence, direction, safelyBelow(shortest)), retryResets(whoseIs(group, evidence), evidence, methodsOf(events))],
    turnOn: [],
  };
}

function range(gaps: readonly number[]): string {
  const [least, greatest] = [roughly(quantile(gaps, 0)), roughly(quantile(gaps, 1))];
  return least === greatest ? least : `${least} to ${greatest}`;
}

function crashed(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const isApp = group.traffic.direction !== "outbound";
  const [first] = events;
  const back = first?.endpoint !== undefined && first.endpoint.lastOkMs > first.endMs;
  return {
    ...about(group, events), cause: isApp ? "app-crash" : "restart-order", sure: "likely",
    title: isApp ? "the app ended while it had requests to answer" : "a peer ended while it had requests to answer",
    evidence: [
      `${counted(events.length, "connection")} closed at ${atTime(first?.endMs ?? Number.NaN)} and around, and connections to the same host were refused within seconds`,
      back ? "the host answered again later: it was started anew" : "the host did not answer again",
    ],
    remedies: isApp
      ? [{ title: "look at the app's own log at that time, and at its restarts (`kubectl describe pod`: exit code, OOMKilled)" }, lifecycle(evidence)]
      : [lifecycle(evidence), retryResets(whoseIs(group, evidence), evidence, methodsOf(events))],
    turnOn: [],
  };
}

/** All at once: the peer's listener changed, or the peer stopped; or the app dropped all it had. */
function cutTogether(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const changes = changesBefore(events, evidence);
  const stops = evidence.events.filter(({ what, timeMs }) => what === "stopping" && events.some(({ endMs }) => timeMs < endMs + 1000 && timeMs > endMs - 60_000));
  const goesOn = events.every(({ endpoint, endMs }) => endpoint !== undefined && endpoint.lastOkMs > endMs);
  const isApp = group.traffic.direction === "inbound";
  const at = atTime(events[0]?.endMs ?? Number.NaN);
  const retry = retryResets(whoseIs(group, evidence), evidence, methodsOf(events));
  const shared = [`${counted(events.length, "request")} cut at the same moment, ${at}, ${oldest(events)}`];
  if (isApp) {
    return {
      ...about(group, events), cause: "app-crash", sure: "possible", title: "the app closed all its connections at once",
      evidence: shared, remedies: [{ title: "look at the app's own log at that time, and at its restarts" }], turnOn: ["the app's log, or `kubectl get events`, of that time"],
    };
  }
  if (changes.length > 0 || (goesOn && stops.length === 0)) {
    return {
      ...about(group, events), cause: "listener-change", sure: changes.length > 0 ? "certain" : "possible",
      title: "a listener of the peer changed, and what was still in flight when its old one had drained was cut",
      evidence: [...shared, ...changes, ...(goesOn ? ["the host answers again right after, on new connections, and refused none: it did not restart"] : [])],
      remedies: [{ ...retry, title: `${retry.title}: no request is lost to a change of listeners` }, drainLonger],
      turnOn: changes.length > 0 ? [] : ["Envoy's own log at level info (`--envoy-log-level info`) of the peer, or its statistic listener_manager.listener_in_place_updated before and after"],
    };
  }
  return {
    ...about(group, events), cause: "draining-peer", sure: stops.length > 0 ? "certain" : "likely",
    title: "a peer stopped and closed its connections with requests still in flight",
    evidence: [...shared, ...(stops.length > 0 ? [`a proxy was told to stop at ${atTime(stops[0]?.timeMs ?? Number.NaN)}`] : ["the host did not answer again"])],
    remedies: [lifecycle(evidence), retry], turnOn: [],
  };
}

const drainLonger: Remedy = {
  title: "give the peer's requests more time when its listeners change: `--drain-time` of `probeplane proxy` and `probeplane agent`, longer than the longest request",
};

function oldest(events: readonly FailureEvent[]): string {
  return `${roughly(quantile(sorted(events.map(({ durationMs }) => durationMs)), 0))} to ${roughly(quantile(sorted(events.map(({ durationMs }) => durationMs)), 1))} after they began`;
}

/** Changes of a listener while one of these requests was in flight. */
function changesBefore(events: readonly FailureEvent[], { events: told, admin }: Evidence): string[] {
  const changes = told.filter(({ what, timeMs }) => what === "listener-changed" && events.some((event) => timeMs >= event.timeMs - 1000 && timeMs <= event.endMs));
  const said = [...new Set(changes.map(({ timeMs, text }) => `the proxy's log: listener ${text} was changed at ${atTime(timeMs)}`))].slice(0, 3);
  const inPlace = admin.stats?.get("listener_manager.listener_in_place_updated") ?? 0;
  const modified = admin.stats?.get("listener_manager.listener_modified") ?? 0;
  return said.length > 0 && inPlace + modified > 0 ? [...said, `since it started, ${counted(inPlace + modified, "listener")} of the proxy changed`] : said;
}

function closedWhileAnswering(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const durations = sorted(events.map(({ durationMs }) => durationMs));
  const isApp = group.traffic.direction !== "outbound";
  const isLimit = events.length >= 3 && quantile(durations, 0.9) < quantile(durations, 0.1) * 1.1;
  return {
    ...about(group, events), cause: "app-closed-while-answering", sure: isLimit ? "likely" : "possible",
    title: `the ${isApp ? "app" : "other side"} closed connections while it worked on an answer`,
    evidence: [
      `${counted(events.length, "connection")} closed ${range(durations)} after the request, each at a time of its own`,
      ...(isLimit ? ["always after the same time: a limit of the app's own (a worker's timeout) is met"] : []),
      ...(changesBefore(events, evidence)),
    ],
    remedies: [{ title: "look at the app's own log at these times: errors in handlers, workers that are killed, limits of time or memory" }],
    turnOn: ["the app's own log"],
  };
}

/** Quick, alone, and nothing known of the connection. */
function unclear(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const { traffic } = group;
  const knowsConnections = events.some(({ gapMs }) => !Number.isNaN(gapMs));
  const isRare = traffic.ok > events.length * 4;
  const direction = traffic.direction === "outbound" ? "outbound" : "inbound";
  const guess = !knowsConnections && isRare && traffic.direction !== "outbound";
  return {
    ...about(group, events), cause: guess ? "keep-alive-race" : "cannot-tell", sure: guess ? "possible" : "cannot tell",
    title: guess ? "the app seems to close idle connections just as the proxy uses them again" : "the host closed connections before it answered, and the log does not say what went before",
    evidence: [
      `${counted(events.length, "connection")} closed within ${roughly(quantile(sorted(events.map(({ durationMs }) => durationMs)), 1))} of the request, each at a time of its own; ${traffic.ok} of ${traffic.total} requests were answered`,
      knowsConnections ? "the connections were new, or in use a moment before" : "the log does not say which connection a request took",
    ],
    remedies: guess ? [idleTimeout(whoseIs(group, evidence), evidence, direction, "4s"), retryResets(whoseIs(group, evidence), evidence, methodsOf(events))].map(unsure) : [],
    turnOn: [
      ...(knowsConnections ? [] : ["%UPSTREAM_LOCAL_ADDRESS% and %START_TIME% in the access log: for how long a connection was idle before (probeplane's and Istio's forms have them)"]),
      ...(traffic.direction === "outbound" ? ["the peer's own access log: what it made of these requests"] : ["the app's own log at these times"]),
    ],
  };
}

function unsure(remedy: Remedy): Remedy {
  return { ...remedy, mind: join(remedy.mind ?? "", "4s is right for apps that keep idle connections for 5s (Node.js); Gunicorn has 2s, Tomcat 20s, nginx 75s.") };
}
