import { formatGoDuration } from "../../base/duration.ts";
import { enabledMtls } from "../../model/mesh-mtls.ts";
import type { TimeoutPlan } from "../../model/timeout-plan.ts";
import { durationMs } from "../duration-ms.ts";
import type { InboundRules } from "../inbound-rules.ts";
import type { ConfNotice, InboundContext, NoticeContext } from "../kind.ts";
import type { MeshTimeoutConf } from "./conf.ts";
import { planInbound, planOutbound, takesRequests } from "./plan.ts";

/** What does nothing in a conf that was merged for a destination, or more than in Kuma. */
export function outboundNotices(conf: MeshTimeoutConf, context: Pick<NoticeContext, "protocol">): readonly ConfNotice[] {
  return noticesOn(conf, context, planOutbound(conf, context).timeouts);
}

/** The same for the rules of an inbound. */
export function inboundNotices(rules: InboundRules, context: Pick<InboundContext, "mesh" | "protocol">): readonly ConfNotice[] {
  return [...noticesOn(rules.conf, context, planInbound(rules, context).timeouts), ...callerNotices(rules, context)];
}

function noticesOn(conf: MeshTimeoutConf, { protocol }: Pick<NoticeContext, "protocol">, plan: TimeoutPlan): readonly ConfNotice[] {
  if (takesRequests(protocol)) return [...contradictions(conf, plan), ...(protocol === "grpc" ? forGrpc(conf) : [])];
  const onlyHttp = conf.http !== undefined && conf.connectionTimeout === undefined && conf.idleTimeout === undefined;
  return onlyHttp ? [{ code: "no-applicable-protocol", message: `nothing of it holds, because the protocol is ${protocol} and there is only an http block` }] : [];
}

/**
 * What was written and does not come to pass, because something else comes first. A timeout of a request begins when all of it is there,
 * so that streamIdleTimeout can be longer, for uploads.
 */
function contradictions({ connectionTimeout, idleTimeout, http = {} }: MeshTimeoutConf, plan: TimeoutPlan): readonly ConfNotice[] {
  const { requestMs = 0, maxStreamDurationMs = 0, maxConnectionDurationMs = 0 } = plan;
  const request = `requestTimeout ${text(requestMs)}${http.requestTimeout === undefined ? ", the default; with 0s it may last" : ""}`;
  const [connectMs, idleMs, streamMs, writtenMs] = [connectionTimeout, idleTimeout, http.maxStreamDuration, http.requestTimeout].map((one) => durationMs(one) ?? 0) as [number, number, number, number];
  return [
    ...contradiction(connectMs >= requestMs, connectMs, requestMs, `connectionTimeout ${text(connectMs)} does nothing: a request that waits for a connection ends before (${request})`),
    ...contradiction(streamMs >= requestMs, streamMs, requestMs, `http.maxStreamDuration ${text(streamMs)} counts only while a request is being sent: its answer has to end before (${request})`),
    ...contradiction(writtenMs > maxStreamDurationMs, writtenMs, maxStreamDurationMs, `http.requestTimeout ${text(writtenMs)} does nothing: a request is ended before (maxStreamDuration ${text(maxStreamDurationMs)})`),
    ...contradiction(idleMs >= maxConnectionDurationMs, idleMs, maxConnectionDurationMs, `idleTimeout ${text(idleMs)} does nothing: a connection is closed before (maxConnectionDuration ${text(maxConnectionDurationMs)})`),
  ];
}

/** Of two limits; 0 is none. */
function contradiction(isOne: boolean, limitMs: number, otherMs: number, message: string): readonly ConfNotice[] {
  return isOne && limitMs > 0 && otherMs > 0 ? [{ code: "contradicting-timeouts", message }] : [];
}

function text(ms: number): string {
  return formatGoDuration(ms);
}

function forGrpc({ http = {} }: MeshTimeoutConf): readonly ConfNotice[] {
  const found = (["maxStreamDuration", "maxConnectionDuration"] as const).filter((field) => (durationMs(http[field]) ?? 0) > 0);
  return found.map((field) => ({ code: "unlike-kuma", message: `http.${field} holds for gRPC as well; in Kuma it does nothing there` }));
}

function callerNotices({ matched }: InboundRules, { mesh, protocol }: Pick<InboundContext, "mesh" | "protocol">): readonly ConfNotice[] {
  if (matched.length === 0) return [];
  if (!takesRequests(protocol)) return [inert(`because the protocol is ${protocol}: only requests have timeouts of their own`)];
  if (enabledMtls(mesh) === undefined) return [inert("because the mesh has no mutual TLS, so that nobody knows who calls")];
  return matched.some(({ match }) => match.sni !== undefined) ? [inert("where they name an sni: server names lead to proxies at the border of a zone, which there are none of here")] : [];
}

function inert(why: string): ConfNotice {
  return { code: "inert-setting", message: `rules with matches do nothing, ${why}` };
}
