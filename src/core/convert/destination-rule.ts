import type { JsonObject } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";
import { readConnectionPool, type ConnectionPool } from "./connection-pool.ts";
import { readHost, toRef, type Destination } from "./destination.ts";
import { readExport } from "./export-to.ts";
import { tellOfExternal } from "./external.ts";
import type { Fields, Reasons } from "./fields.ts";
import type { IstioObject } from "./istio-object.ts";
import type { MeshMode } from "./mesh-mode.ts";
import { readOutlierDetection } from "./outlier-detection.ts";
import type { Output } from "./output.ts";
import { placeOf } from "./reach.ts";
import { readTlsMode } from "./tls-mode.ts";

/** Why fields of a DestinationRule are left out. */
export const destinationRuleReasons: Reasons = {
  loadBalancer: "requests go to the endpoints in turn; there is no other load balancing here",
  tunnel: "there are no tunnels here",
  proxyProtocol: "the PROXY protocol is not spoken",
  retryBudget: "there are no retry budgets; `maxRetries` limits retries that are under way",
  warmup: "endpoints are not warmed up",
  maxRequestsPerConnection: "a connection is not closed after a number of requests",
  tcpKeepalive: "keep-alive of TCP is left to the system",
  h2UpgradePolicy: "proxies of the mesh speak HTTP/2 to each other anyway",
  useClientProtocol: "proxies of the mesh speak HTTP/2 to each other anyway",
  maxConcurrentStreams: "streams of a connection are not limited; `maxRequests` limits those of a cluster",
  http2KeepAlive: "there are no pings here",
};

/** What a policy of a DestinationRule comes to, for one service or one port of it. */
interface Read {
  readonly pool: ConnectionPool;
  readonly outlierDetection: JsonObject | undefined;
  /** Absent: all ports. */
  readonly port?: number;
}

/**
 * A DestinationRule: times become a MeshTimeout, limits and outlier detection a MeshCircuitBreaker, for callers; what it says of connections
 * holds for the proxies of the service itself as well, as in Istio, where it is of the service's own namespace.
 */
export function convertDestinationRule(source: IstioObject, output: Output, mesh: MeshMode): void {
  const { name, namespace, spec, findings } = source;
  const host = spec.text("host");
  if (host === undefined && !spec.has("host")) findings.problem(spec.at("host"), "in body is required");
  const destination = readHost(host ?? "", namespace);
  const labels = spec.fields("workloadSelector")?.labels("matchLabels");
  const isOwn = destination.kind === "service" && destination.namespace === namespace;
  const callers = readExport(spec, findings, isOwn && labels === undefined ? "all" : "own");
  spec.leave("subsets", "subsets are not told apart: a policy holds for a whole service");
  tellOfExternal(destination, spec.at("host"), findings);
  const read = readPolicies(source, destination, mesh);
  writeCallers(read, destination, source, output, { callers, labels });
  const isOfProxies = labels === undefined && (isOwn || namespace === output.settings.rootNamespace);
  if (isOfProxies && destination.kind !== "external") writeProxies(read, destination, name, output);
}

function readPolicies(source: IstioObject, destination: Destination, mesh: MeshMode): readonly Read[] {
  const { spec, findings } = source;
  const policy = spec.fields("trafficPolicy");
  if (policy === undefined) return [];
  const whole = readPolicy(policy, destination, source, mesh);
  const ports = policy.items("portLevelSettings").flatMap((each): Read[] => {
    const port = each.fields("port")?.count("number");
    if (port === undefined) findings.problem(each.at("port"), "must name a port by its number");
    if (destination.kind !== "service") each.leave("port", "a port can be told apart where the host is a service");
    const read = readPolicy(each, destination, source, mesh);
    return port === undefined || destination.kind !== "service" ? [] : [{ ...read, port }];
  });
  if (ports.length > 0 && hasAny(whole)) {
    findings.remark("differs", policy.at("portLevelSettings"), "a port has what the service has where it says nothing itself; in Istio it has the defaults then");
  }
  return [whole, ...ports];
}

function hasAny({ pool: { timeouts, limits }, outlierDetection }: Read): boolean {
  return timeouts !== undefined || limits !== undefined || outlierDetection !== undefined;
}

function readPolicy(policy: Fields, destination: Destination, source: IstioObject, mesh: MeshMode): Read {
  readTlsMode(policy, destination, source, mesh);
  const pool = readConnectionPool(policy.fields("connectionPool"), source.findings);
  return { pool, outlierDetection: readOutlierDetection(policy.fields("outlierDetection"), source.findings) };
}

function writeCallers(read: readonly Read[], destination: Destination, source: IstioObject, output: Output, reach: { readonly callers: "all" | "own"; readonly labels: IstioLabels }): void {
  const place = placeOf({ own: source.namespace, ...reach }, destination, output.settings);
  const items = (confOf: (each: Read) => JsonObject | undefined): readonly JsonObject[] => {
    return read.flatMap((each) => {
      const conf = confOf(each);
      return conf === undefined ? [] : [{ targetRef: toRef(destination, place.namespace, each.port), default: conf }];
    });
  };
  const timeouts = items(({ pool }) => pool.timeouts);
  const breakers = items(({ pool: { limits }, outlierDetection }) => {
    const conf = { ...(limits === undefined ? {} : { connectionLimits: limits }), ...(outlierDetection === undefined ? {} : { outlierDetection }) };
    return Object.keys(conf).length === 0 ? undefined : conf;
  });
  if (timeouts.length > 0) output.policy("MeshTimeout", `${source.name}-connections`, place, { to: timeouts });
  if (breakers.length > 0) output.policy("MeshCircuitBreaker", source.name, place, { to: breakers });
}

type IstioLabels = Readonly<Record<string, string>> | undefined;

/** The proxies of the service, each towards its own app. */
function writeProxies(read: readonly Read[], destination: Exclude<Destination, { kind: "external" }>, name: string, output: Output): void {
  for (const { pool, port } of read) {
    const suffix = port === undefined ? "inbound" : `inbound-${port}`;
    const place = placeOfProxies(destination, output, port);
    if (pool.timeouts !== undefined) output.policy("MeshTimeout", `${name}-connections-${suffix}`, place, { rules: [{ default: pool.timeouts }] });
    if (pool.limits !== undefined) output.policy("MeshCircuitBreaker", `${name}-${suffix}`, place, { rules: [{ default: { connectionLimits: pool.limits } }] });
  }
}

function placeOfProxies(destination: Exclude<Destination, { kind: "external" }>, { settings }: Output, port?: number): { readonly namespace: string; readonly targetRef?: JsonObject } {
  switch (destination.kind) {
    case "mesh":
      return { namespace: settings.systemNamespace };
    case "namespace":
      return { namespace: destination.namespace };
    case "service":
      return { namespace: destination.namespace, targetRef: serviceRef(destination.name, port) };
  }
}

/** A subset goes before its service, whatever the policies are called: what is said of a port holds there. */
function serviceRef(name: string, port: number | undefined): JsonObject {
  return port === undefined ? { kind: "MeshService", name } : { kind: "MeshServiceSubset", name, tags: { [labelNames.kubeServicePort]: String(port) } };
}
