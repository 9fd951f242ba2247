import type { ConfNotice, NoticeContext } from "../kind.ts";
import type { OutlierPlan } from "../../model/circuit-breaker-plan.ts";
import type { ConnectionLimits, MeshCircuitBreakerConf, OutlierDetection } from "./conf.ts";
import { meshCircuitBreakerDefaults as defaults } from "./defaults.ts";
import { planMeshCircuitBreaker } from "./plan.ts";

/** What does nothing, or less than it seems to, in a conf that was merged for a destination. */
export function outboundNotices({ connectionLimits = {}, outlierDetection = {} }: MeshCircuitBreakerConf, context: NoticeContext): readonly ConfNotice[] {
  return [...limitNotices(connectionLimits, context), ...outlierNotices(outlierDetection, context.endpoints)];
}

/** The same for the app behind an inbound, which is one endpoint that speaks HTTP as it likes. */
export function inboundNotices({ connectionLimits = {}, outlierDetection = {} }: MeshCircuitBreakerConf, { protocol, httpVersion }: Pick<NoticeContext, "httpVersion" | "protocol">): readonly ConfNotice[] {
  return [...limitNotices(connectionLimits, { protocol, ...(httpVersion !== undefined && { httpVersion: 1 }) }), ...outlierNotices(outlierDetection, 1)];
}

function limitNotices({ maxConnections, maxRequests, maxRetries }: ConnectionLimits, { httpVersion, protocol }: Pick<NoticeContext, "httpVersion" | "protocol">): readonly ConfNotice[] {
  if (httpVersion === undefined) {
    const unused = Object.entries({ maxRequests, maxRetries }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    return unused.length === 0 ? [] : [inert(`${unused.join(" and ")} ${unused.length > 1 ? "do" : "does"} nothing, because the protocol is ${protocol}: only HTTP has requests`)];
  }
  if (httpVersion === 1 || maxConnections === undefined || maxRequests !== undefined) return [];
  return [inert("maxConnections hardly ever binds: proxies speak HTTP/2 to each other, many requests on a connection; maxRequests limits them")];
}

function outlierNotices(conf: OutlierDetection, endpoints: number | undefined): readonly ConfNotice[] {
  const outliers = planMeshCircuitBreaker({ outlierDetection: conf }).circuitBreaker?.outliers;
  if (outliers === undefined) return [];
  if (outliers.maxEjectionPercent === 0) return [inert("maxEjectionPercent is 0: no endpoint is ever taken out")];
  const unsplit = "localOriginFailures does nothing without splitExternalAndLocalErrors: true; until then such failures count as 5xx";
  return [
    ...(outliers.consecutiveLocalFailures !== undefined && !outliers.splitLocalErrors ? [inert(unsplit)] : []),
    // Without an endpoint there is nothing to say, yet.
    ...(endpoints === undefined || endpoints === 0 ? [] : fewEndpoints(outliers, conf, endpoints)),
  ];
}

/** Says no number: what is told should not change with every endpoint that comes or goes. */
function fewEndpoints({ successRate, failurePercentage, maxEjectionPercent }: OutlierPlan, { healthyPanicThreshold }: OutlierDetection, endpoints: number): readonly ConfNotice[] {
  const compared = Object.entries({ successRate, failurePercentage }).filter(([, detector]) => detector !== undefined && detector.minimumHosts > endpoints);
  const none = compared.map(([name, detector]) => inert(`${name} does nothing, because there are fewer endpoints than minimumHosts, which is ${detector?.minimumHosts ?? 0}`));
  if (endpoints === 1) {
    const goesOn = Number(healthyPanicThreshold ?? defaults.panicThreshold) > 0;
    return goesOn ? [...none, inert("there is only one endpoint: while it is out, traffic goes to it all the same (panic mode); with healthyPanicThreshold: 0 it fails")] : none;
  }
  if (Math.floor((maxEjectionPercent * endpoints) / 100) > 0) return none;
  return [...none, { code: "unlike-kuma", message: `maxEjectionPercent of so few endpoints is less than one; one may be out all the same, as its documentation says, while in Kuma none ever is` }];
}

function inert(message: string): ConfNotice {
  return { code: "inert-setting", message };
}
