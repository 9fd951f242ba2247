import { deepFreeze } from "../../base/deep-freeze.ts";
import { enabledMtls } from "../../model/mesh-mtls.ts";
import type { Protocol } from "../../model/plan.ts";
import type { CallerTimeoutPlan, TimeoutPlan } from "../../model/timeout-plan.ts";
import { durationMs } from "../duration-ms.ts";
import type { InboundRules } from "../inbound-rules.ts";
import type { InboundContext, PlannedConf, PlannedInbound } from "../kind.ts";
import type { MeshTimeoutConf } from "./conf.ts";
import { inboundDefaults, outboundDefaults } from "./defaults.ts";
import type { TimeoutDefaults } from "./defaults.ts";

/** What a merged conf means for a destination, every default filled. */
export function planOutbound(conf: MeshTimeoutConf, { protocol }: { readonly protocol: Protocol }): Required<Pick<PlannedConf, "timeouts">> {
  const requestIsDefault = takesRequests(protocol) && conf.http?.requestTimeout === undefined;
  return deepFreeze({ timeouts: { ...planTimeouts(conf, protocol, outboundDefaults), ...(requestIsDefault && { requestIsDefault }) } });
}

/** What the rules for an inbound mean. Rules for callers hold where they can be told apart: for requests, in a mesh with mutual TLS. */
export function planInbound({ conf, matched }: InboundRules, { mesh, protocol }: Pick<InboundContext, "mesh" | "protocol">): Required<Pick<PlannedInbound, "timeouts">> {
  const timeouts = planTimeouts(conf, protocol, inboundDefaults);
  const byCaller = takesRequests(protocol) && enabledMtls(mesh) !== undefined ? matched.flatMap(planForCaller) : [];
  return deepFreeze({ timeouts: byCaller.length === 0 ? timeouts : { ...timeouts, byCaller } });
}

/** Whether the proxy sees requests, and not only connections. */
export function takesRequests(protocol: Protocol): boolean {
  return protocol === "http" || protocol === "http2" || protocol === "grpc";
}

function planTimeouts(conf: MeshTimeoutConf, protocol: Protocol, defaults: TimeoutDefaults): TimeoutPlan {
  const ofConnections = { connectMs: durationMs(conf.connectionTimeout) ?? defaults.connectMs, idleMs: durationMs(conf.idleTimeout) ?? defaults.idleMs };
  if (!takesRequests(protocol)) return ofConnections;
  const { http = {} } = conf;
  return {
    ...ofConnections,
    ...planRequests(conf, defaults),
    ...limit("maxStreamDurationMs", http.maxStreamDuration),
    ...limit("maxConnectionDurationMs", http.maxConnectionDuration),
    ...limit("requestHeadersMs", http.requestHeadersTimeout),
  };
}

function planRequests({ http = {} }: MeshTimeoutConf, defaults: TimeoutDefaults): Required<Pick<TimeoutPlan, "requestMs" | "streamIdleMs">> {
  return { requestMs: durationMs(http.requestTimeout) ?? defaults.requestMs, streamIdleMs: durationMs(http.streamIdleTimeout) ?? defaults.streamIdleMs };
}

/** There is none by default, so that 0 says nothing. */
function limit<Name extends string>(name: Name, text: string | undefined): Partial<Record<Name, number>> {
  const ms = durationMs(text) ?? 0;
  return (ms === 0 ? {} : { [name]: ms }) as Partial<Record<Name, number>>;
}

/** No server name means anything here: that is for proxies at the border of a zone. */
function planForCaller({ match: { spiffeID, sni }, conf }: InboundRules["matched"][number]): readonly CallerTimeoutPlan[] {
  if (spiffeID === undefined || sni !== undefined) return [];
  const spiffeId = { match: spiffeID.type === "Exact" ? ("exact" as const) : ("prefix" as const), value: spiffeID.value };
  return [{ spiffeId, ...planRequests(conf, inboundDefaults) }];
}
