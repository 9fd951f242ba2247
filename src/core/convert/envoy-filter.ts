import type { JsonObject } from "../base/json.ts";
import { readHost, toRef, type Destination } from "./destination.ts";
import { readEnvoyHealthCheck } from "./envoy-health-check.ts";
import { groupByPlace } from "./export-to.ts";
import { tellOfExternal } from "./external.ts";
import { passOver, readFields, type Fields, type Reasons } from "./fields.ts";
import type { IstioObject } from "./istio-object.ts";
import type { Output } from "./output.ts";
import type { Findings } from "./remarks.ts";

/** Why fields of an EnvoyFilter are left out. */
export const envoyFilterReasons: Reasons = {
  outlier_detection: "say it in a MeshCircuitBreaker",
  outlierDetection: "say it in a MeshCircuitBreaker",
  circuit_breakers: "say it in a MeshCircuitBreaker",
  circuitBreakers: "say it in a MeshCircuitBreaker",
  connect_timeout: "say it in a MeshTimeout",
  connectTimeout: "say it in a MeshTimeout",
  typed_extension_protocol_options: "say it in a MeshTimeout",
  typedExtensionProtocolOptions: "say it in a MeshTimeout",
  common_http_protocol_options: "say it in a MeshTimeout",
  commonHttpProtocolOptions: "say it in a MeshTimeout",
  priority: "policies are merged by how specific they are, then by name",
  targetRefs: "a policy selects proxies by labels or by service",
};

/** Health checks that a patch gives to a destination. */
interface Patched {
  readonly destination: Destination;
  readonly port?: number;
  readonly conf: JsonObject;
}

/** An EnvoyFilter: health checks that it adds to clusters of callers become a MeshHealthCheck. Nothing else of it can be carried. */
export function convertEnvoyFilter({ name, namespace, spec, findings }: IstioObject, output: Output): void {
  const labels = spec.fields("workloadSelector")?.labels("labels");
  const patches = spec.items("configPatches");
  const patched = patches.flatMap((patch) => readPatch(patch, namespace, findings) ?? []);
  if (patches.length === 0) findings.remark("left", "", "it has no patches");
  const destinations = patched.map(({ destination }) => destination);
  for (const [place, group] of groupByPlace({ own: namespace, callers: "own", labels }, destinations, output.settings)) {
    const inGroup = new Set(group.map((each) => JSON.stringify(each)));
    const items = patched.filter(({ destination }) => inGroup.has(JSON.stringify(destination)));
    output.policy("MeshHealthCheck", name, place, { to: items.map(({ destination, port, conf }) => ({ targetRef: toRef(destination, place.namespace, port), default: conf })) });
  }
}

/** Undefined, and a remark: nothing comes of the patch. */
function readPatch(patch: Fields, namespace: string, findings: Findings): Patched | undefined {
  const [applyTo, match, body] = [patch.text("applyTo"), patch.raw("match"), patch.raw("patch")];
  const found = readFields(body ?? {}, patch.at("patch"), findings, envoyFilterReasons);
  const operation = found?.text("operation");
  const value = found?.fields("value");
  if (applyTo !== "CLUSTER" || value?.has("health_checks") !== true) {
    findings.remark("left", patch.path, `it changes Envoy's own configuration (${[applyTo, operation].filter((word) => word !== undefined).join(", ")}), which policies stand for here`);
    return undefined;
  }
  if (operation !== "MERGE") {
    findings.remark("left", patch.at("patch"), `a cluster of its own (${operation ?? "no operation"}) is not added here; write a MeshExternalService and a MeshHealthCheck for it`);
    return undefined;
  }
  const matched = readFields(match ?? {}, patch.at("match"), findings);
  const destination = matched === undefined ? undefined : readMatch(matched, namespace, findings);
  const conf = readEnvoyHealthCheck(value, findings);
  matched?.close();
  value.close();
  return destination === undefined || conf === undefined ? undefined : { ...destination, conf };
}

/** The destination of the clusters that are meant; undefined, and a remark, where they are not those of callers. */
function readMatch(match: Fields, namespace: string, findings: Findings): Omit<Patched, "conf"> | undefined {
  const context = match.text("context") ?? "ANY";
  const cluster = match.fields("cluster");
  match.leave("proxy", "proxies of every version and kind are meant");
  if (context !== "SIDECAR_OUTBOUND" && context !== "ANY") {
    findings.remark("left", match.at("context"), `checks are made by the proxies of callers (SIDECAR_OUTBOUND), not ${context === "GATEWAY" ? "by gateways" : "by a proxy of its own app"}`);
    if (cluster !== undefined) passOver(cluster);
    return undefined;
  }
  return cluster === undefined ? { destination: { kind: "mesh" } } : readCluster(cluster, namespace, findings);
}

/** A cluster by its parts, or by Istio's name for it: `outbound|PORT|SUBSET|HOST`. */
function readCluster(cluster: Fields, namespace: string, findings: Findings): Omit<Patched, "conf"> | undefined {
  const [, portText, subsetText = "", hostText] = /^outbound\|(\d+)\|([^|]*)\|(.+)$/.exec(cluster.text("name") ?? "") ?? [];
  if (cluster.has("name") && hostText === undefined) {
    findings.remark("left", cluster.at("name"), "it is no cluster of a service (outbound|PORT|SUBSET|HOST)");
    return undefined;
  }
  const host = cluster.text("service") ?? hostText;
  const port = cluster.count("portNumber") ?? (portText === undefined ? undefined : Number(portText));
  const subset = cluster.text("subset") ?? subsetText;
  if (subset !== "") findings.remark("left", cluster.path, `subsets are not told apart: the checks are those of the whole service, not of ${subset} alone`);
  const destination: Destination = host === undefined ? { kind: "mesh" } : readHost(host, namespace);
  tellOfExternal(destination, cluster.path, findings);
  if (port === undefined || destination.kind === "service") return { destination, ...(port === undefined ? {} : { port }) };
  findings.remark("left", cluster.path, `a port (${port}) can be told apart where the host is a service`);
  return { destination };
}
