import type { JsonObject } from "../../base/json.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { quantile, roughly, sorted } from "../in-words.ts";
import { policy } from "../remedies.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";
import { mindWhose, whoseIs } from "../whose.ts";

/** UO: more at once than the circuit breaker lets through. */
export function overflow(group: FailureGroup, evidence: Evidence): Finding {
  const { stats } = evidence.admin;
  const name = group.traffic.cluster;
  const open = stats === undefined ? [] : ["cx_open", "rq_pending_open", "rq_open", "rq_retry_open"].filter((each) => (stats.get(`cluster.${name}.circuit_breakers.default.${each}`) ?? 0) > 0);
  const pending = stats?.get(`cluster.${name}.upstream_rq_pending_overflow`);
  const most = { maxConnections: 4096, maxPendingRequests: 4096, maxRequests: 4096 };
  return {
    ...about(group), cause: "overflow", sure: "certain", title: "the circuit breaker was open: more connections or requests at once than the limit",
    evidence: ["Envoy: overflow", ...(pending === undefined ? [] : [`upstream_rq_pending_overflow is ${pending}`]), ...open.map((each) => `open now: ${each}`)],
    remedies: [
      { title: "see why so many are waiting: a service that has become slow fills every limit" },
      limitOf(group, evidence, { type: "MeshCircuitBreaker", what: "limits", conf: { connectionLimits: most } }, "where the traffic is as it should be, let more through (Envoy's default is 1024)"),
    ],
    turnOn: stats === undefined ? ["the caller's statistics (`--admin`): which of the limits it was"] : [],
  };
}

/** UT, SI, UMSDR, DT: something took longer than it may. */
export function tookTooLong(group: FailureGroup, evidence: Evidence): Finding {
  const times = sorted(group.events.chosen.map(({ durationMs }) => durationMs));
  const limit = quantile(times, 0.5);
  const isTight = quantile(times, 0.95) < quantile(times, 0.05) * 1.1 + 50;
  const [what, field] = limits[group.details === "upstream_per_try_timeout" ? "per-try" : group.flag] ?? limits["UT"] ?? ["", ""];
  const more = `${Math.max(1, Math.ceil((limit * 2) / 1000))}s`;
  const conf: JsonObject = field === "perTryTimeout" ? {} : { http: { [field]: more } };
  return {
    ...about(group), cause: "timeout", sure: "certain", title: what,
    evidence: [
      ...(group.details === "" ? [] : [`Envoy: ${group.details}`]),
      ...(isTight ? [`always after ${roughly(limit)}${Math.abs(limit - 15_000) < 500 && group.flag === "UT" ? ", which is Envoy's default where no MeshTimeout says otherwise" : ""}`] : [`after ${roughly(quantile(times, 0))} to ${roughly(quantile(times, 1))}`]),
    ],
    remedies: [
      { title: "see why the answer takes so long: the app's own log, and the duration of requests that were answered" },
      ...(field === "perTryTimeout"
        ? [{ title: "give a single try longer (`perTryTimeout` of the MeshRetry in force), within the request's timeout" }]
        : [limitOf(group, evidence, { type: "MeshTimeout", what: "timeout", conf }, `where that is how long it takes, allow ${more} (0s: no limit)`)]),
    ],
    turnOn: [],
  };
}

const limits: Readonly<Record<string, readonly [string, string]>> = {
  UT: ["the answer took longer than the request may", "requestTimeout"],
  SI: ["nothing moved in the request or its answer for longer than that may be", "streamIdleTimeout"],
  UMSDR: ["the request was open longer than it may be", "maxStreamDuration"],
  DT: ["the request or connection was older than it may become", "maxStreamDuration"],
  "per-try": ["no single try was answered in the time that one has", "perTryTimeout"],
};

interface Limit {
  readonly type: string;
  readonly what: string;
  readonly conf: JsonObject;
}

function limitOf(group: FailureGroup, evidence: Evidence, { type, what, conf }: Limit, title: string): Finding["remedies"][number] {
  const whose = whoseIs(group, evidence);
  const spec = group.traffic.direction === "inbound" ? { targetRef: whose.top, rules: [{ default: conf }] } : { targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: conf }] };
  return { title, documents: [policy(type, `${whose.name}-${what}`, evidence, spec)], mind: mindWhose(whose) };
}
