import type { DestinationPlan, InboundPlan, PanicPlan } from "../model/plan.ts";
import type { TimeoutPlan } from "../model/timeout-plan.ts";
import type { Cluster_CommonLbConfigJson, ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { toProtoDuration } from "../base/duration.ts";
import { isLoopback } from "../model/valid-address.ts";
import { isIpAddress } from "./addresses.ts";
import { circuitBreakerPart } from "./circuit-breaker.ts";
import { isDiscovered, loadAssignment } from "./endpoints.ts";
import { externalPart } from "./external-clusters.ts";
import { senderTagsHeader } from "./headers.ts";
import { healthCheck } from "./health-check.ts";
import { fromMarkedAddress } from "./marked-address.ts";
import { meshTransport } from "./mesh-tls.ts";
import { isHttp, localClusterName, speaksHttp2ToApp } from "./names.ts";
import { overAds } from "./over-ads.ts";
import { protocolOptions } from "./protocol-options.ts";

export { overAds } from "./over-ads.ts";

/** Of clusters that no policy is for. */
export const connectTimeout = "5s";

/** The cluster of a destination as every sender has it, without the header that says who the sender is. */
export function destinationCluster(destination: DestinationPlan): ClusterJson {
  const { name, httpVersion, panic, circuitBreaker, timeouts, tls } = destination;
  return {
    name,
    ...discovery(destination),
    connectTimeout: connectTimeoutOf(timeouts),
    ...(destination.healthCheck !== undefined && {
      healthChecks: [healthCheck(destination.healthCheck)],
      // Endpoints come from us: one that is gone is not to be used because it still passes its check.
      ignoreHealthOnHostRemoval: true,
    }),
    ...(circuitBreaker !== undefined && circuitBreakerPart(circuitBreaker)),
    ...(panic !== undefined && { commonLbConfig: commonLbConfig(panic) }),
    ...(tls !== undefined && meshTransport(tls)),
    ...protocolOptions(httpVersion, timeouts),
  };
}

/** A destination's cluster for one sender: HTTP checks say first of all whose they are. No tags, no header; none leaves the mesh. */
export function senderCluster(destination: DestinationPlan, senderTags: string): ClusterJson {
  const cluster = destinationCluster(destination);
  return destination.external === undefined ? withSenderTags(cluster, senderTags) : cluster;
}

function withSenderTags(cluster: ClusterJson, senderTags: string): ClusterJson {
  const [check] = cluster.healthChecks ?? [];
  const http = check?.httpHealthCheck;
  if (check === undefined || http === undefined || senderTags === "") return cluster;
  const requestHeadersToAdd = [senderTagsHeader(senderTags), ...(http.requestHeadersToAdd ?? [])];
  return { ...cluster, healthChecks: [{ ...check, httpHealthCheck: { ...http, requestHeadersToAdd } }] };
}

/** The cluster of the app behind an inbound. */
export function localCluster(inbound: InboundPlan, all: readonly InboundPlan[]): ClusterJson {
  const name = localClusterName(inbound, all);
  const { protocol, timeouts } = inbound;
  return {
    name,
    type: isIpAddress(inbound.appAddress) ? "STATIC" : "STRICT_DNS",
    connectTimeout: connectTimeoutOf(timeouts),
    ...(inbound.captured === true && !isLoopback(inbound.appAddress) && fromMarkedAddress(inbound.appAddress.includes(":") ? "IPv6" : "IPv4")),
    loadAssignment: loadAssignment(name, [{ address: inbound.appAddress, port: inbound.appPort }]),
    ...(inbound.circuitBreaker !== undefined && circuitBreakerPart(inbound.circuitBreaker)),
    ...(inbound.panic !== undefined && { commonLbConfig: commonLbConfig(inbound.panic) }),
    ...protocolOptions(speaksHttp2ToApp(inbound) ? 2 : isHttp(protocol) ? 1 : undefined, timeouts),
  };
}

function connectTimeoutOf(timeouts: TimeoutPlan | undefined): string {
  return timeouts?.connectMs === undefined ? connectTimeout : toProtoDuration(timeouts.connectMs);
}

function discovery(destination: DestinationPlan): ClusterJson {
  const { external } = destination;
  if (external !== undefined) return externalPart({ ...destination, external });
  if (isDiscovered(destination)) return { type: "EDS", edsClusterConfig: { edsConfig: overAds } };
  return { type: "STRICT_DNS", loadAssignment: loadAssignment(destination.name, destination.endpoints.endpoints) };
}

/** What is set is sent, even where it says what Envoy does anyway: an operator can move Envoy's own default by its runtime. */
function commonLbConfig({ thresholdPercent, failTraffic }: PanicPlan): Cluster_CommonLbConfigJson {
  return {
    // Canonical JSON leaves a value of 0 out; the message around it is what switches panic mode off.
    ...(thresholdPercent !== undefined && { healthyPanicThreshold: thresholdPercent === 0 ? {} : { value: thresholdPercent } }),
    ...(failTraffic !== undefined && { zoneAwareLbConfig: failTraffic ? { failTrafficOnPanic: true } : {} }),
  };
}
