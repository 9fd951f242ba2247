/** One of Envoy's response flags: who ended the request or connection, as Envoy saw it. */
export interface ResponseFlag {
  /** As access logs have it. */
  readonly flag: string;
  /** As Envoy's documentation spells it out. */
  readonly name: string;
  /** What it means, for someone who never saw it. */
  readonly meaning: string;
  /** What to look at, where no finding of our own says more. */
  readonly look: string;
}

/** All that Envoy 1.40 has. `-` is no flag: what came is what the upstream, or a route without one, answered. */
export const responseFlags: readonly ResponseFlag[] = [
  flag("UH", "NoHealthyUpstream", "the cluster had no host that could take the request", "the hosts of the cluster in the proxy's admin interface: `/clusters?format=json`"),
  flag("UF", "UpstreamConnectionFailure", "no connection to the host could be made", "whether something listens at the host's address, and speaks the same TLS"),
  flag("UO", "UpstreamOverflow", "the cluster's circuit breaker was open", "`connectionLimits` of the MeshCircuitBreaker for that service, and how long its requests take"),
  flag("NR", "NoRouteFound", "no route, or no filter chain, was for the request", "the host and path that were asked for, against the routes of the listener"),
  flag("URX", "UpstreamRetryLimitExceeded", "every try that the retry policy, or the connect attempts, allow has failed", "why a single try fails: the flag beside this one"),
  flag("NC", "NoClusterFound", "the route leads to a cluster that the proxy does not have", "whether the proxy's clusters were rejected or are still warming: `/config_dump`"),
  flag("DT", "DurationTimeout", "the request or connection was older than it may become", "`maxConnectionDuration` and `maxStreamDuration` of the MeshTimeout in force"),
  flag("DC", "DownstreamConnectionTermination", "the caller went away before the answer was there", "the caller's own timeout against how long the answers take"),
  flag("LH", "FailedLocalHealthCheck", "the proxy itself was set to fail health checks", "who called `/healthcheck/fail` of its admin interface: usually the agent, when the pod stops"),
  flag("UT", "UpstreamRequestTimeout", "the answer took longer than the route allows", "`requestTimeout` of the MeshTimeout in force against how long the service takes"),
  flag("LR", "LocalReset", "the proxy itself reset the request's stream", "the details of the response code"),
  flag("UR", "UpstreamRemoteReset", "the host reset the request's stream, and kept the connection", "the host's own log at that time: HTTP/2 apps reset what they do not want"),
  flag("UC", "UpstreamConnectionTermination", "the host closed the connection before it answered", "the host's keep-alive time, restarts, and its own log at that time"),
  flag("DI", "DelayInjected", "a fault filter delayed the request on purpose", "the fault injection policy"),
  flag("FI", "FaultInjected", "a fault filter answered on purpose", "the fault injection policy"),
  flag("RL", "RateLimited", "the proxy's own rate limit answered", "the rate limit policy"),
  flag("UAEX", "UnauthorizedExternalService", "an external authorization service, or a permission, said no", "the authorization service's log"),
  flag("RLSE", "RateLimitServiceError", "the rate limit service did not answer", "whether the rate limit service runs and can be reached"),
  flag("IH", "InvalidEnvoyHeaders", "the request had an x-envoy-* header with a value that is none", "who sets that header"),
  flag("SI", "StreamIdleTimeout", "nothing moved in the request or answer for too long", "`streamIdleTimeout` of the MeshTimeout in force; long polls and quiet gRPC streams need more, or 0"),
  flag("DPE", "DownstreamProtocolError", "what the caller sent is not HTTP as the proxy reads it", "the protocol that the caller speaks to this port, and the details of the response code"),
  flag("UPE", "UpstreamProtocolError", "what the host sent is not HTTP as the proxy reads it", "the service's protocol (`kuma.io/protocol`, the port's `appProtocol`) against what the app speaks"),
  flag("UMSDR", "UpstreamMaxStreamDurationReached", "the request was open longer than `maxStreamDuration`", "`maxStreamDuration` of the MeshTimeout in force"),
  flag("RFCF", "ResponseFromCacheFilter", "a cache filter answered", "the cache filter"),
  flag("NFCF", "NoFilterConfigFound", "the configuration of a filter did not come in time", "whether the proxy is connected to its control plane, and what it rejected: `/config_dump`"),
  flag("OM", "OverloadManagerTerminated", "the proxy's overload manager ended it: it is short of memory or connections", "memory and limits of the sidecar"),
  flag("DF", "DnsResolutionFailed", "the host's name could not be resolved", "the name, and the DNS that the proxy asks"),
  flag("DO", "DropOverload", "the control plane told the proxy to drop part of the requests", "`drop_overload` of the cluster's endpoints"),
  flag("DR", "DownstreamRemoteReset", "the caller reset the request's stream", "the caller's own timeout and cancellations"),
  flag("UDO", "UnconditionalDropOverload", "the control plane told the proxy to drop every request", "`drop_overload` of the cluster's endpoints"),
];

const byName = new Map(responseFlags.map((each) => [each.flag, each]));

/** What is known of a flag; undefined where Envoy has no such flag. */
export function responseFlag(name: string): ResponseFlag | undefined {
  return byName.get(name);
}

/** The flags of one record: `URX,UC` are two, `-` and nothing are none. */
export function splitFlags(text: string): readonly string[] {
  return text === "" || text === "-" ? [] : text.split(",");
}

function flag(name: string, spelled: string, meaning: string, look: string): ResponseFlag {
  return { flag: name, name: spelled, meaning, look };
}
