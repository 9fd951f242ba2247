import type { JsonObject } from "../base/json.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";
import { readConnectionPool } from "./connection-pool.ts";
import type { Fields, Reasons } from "./fields.ts";
import type { IstioObject } from "./istio-object.ts";
import type { Output } from "./output.ts";
import { placeOfWorkloads, type Place } from "./reach.ts";
import type { Findings } from "./remarks.ts";

/** Why fields of a Sidecar are left out. */
export const sidecarReasons: Reasons = {
  egress: "which services a pod is told of is said by the annotation kuma.io/transparent-proxying-reachable-services",
  outboundTrafficPolicy: "calls to what the mesh does not know pass on, unless the Mesh says `networking.outbound.passthrough: false`",
  tls: "the sidecar takes mutual TLS of the mesh, no other TLS",
  bind: "the sidecar listens at the pod's address",
  captureMode: "which ports are redirected is said by annotations of the pod",
};

/** A Sidecar: what its app is called at becomes words on its pods, connection pools become policies for what comes to them. */
export function convertSidecar({ name, namespace, spec, findings }: IstioObject, output: Output): void {
  const labels = spec.fields("workloadSelector")?.labels("labels");
  const place = placeOfWorkloads(namespace, labels, output.settings);
  const pods = labels === undefined ? `all pods of namespace ${namespace}` : `the pods with ${pairs(labels)}`;
  writePool(`${name}-sidecar`, readConnectionPool(spec.fields("inboundConnectionPool"), findings), place, output);
  for (const ingress of spec.items("ingress")) {
    const port = ingress.fields("port")?.count("number");
    ingress.fields("port")?.text("protocol");
    ingress.fields("port")?.text("name");
    if (port === undefined) findings.problem(ingress.at("port"), "must name a port by its number");
    readEndpoint(ingress, port, pods, findings);
    const section: Place = { ...place, targetRef: { kind: "Dataplane", ...place.targetRef, sectionName: String(port) } };
    writePool(`${name}-sidecar-${port ?? 0}`, readConnectionPool(ingress.fields("connectionPool"), findings), section, output);
  }
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(",");
}

function writePool(name: string, { timeouts, limits }: ReturnType<typeof readConnectionPool>, place: Place, output: Output): void {
  const rules = (conf: JsonObject): JsonObject => ({ rules: [{ default: conf }] });
  if (timeouts !== undefined) output.policy("MeshTimeout", name, place, rules(timeouts));
  if (limits !== undefined) output.policy("MeshCircuitBreaker", name, place, rules({ connectionLimits: limits }));
}

/** Where the sidecar calls its app. */
function readEndpoint(ingress: Fields, port: number | undefined, pods: string, findings: Findings): void {
  const endpoint = ingress.text("defaultEndpoint") ?? "";
  const [, host = "", portText = ""] = /^(127\.0\.0\.1|\[::1\]|0\.0\.0\.0|\[::\]):(\d+)$/.exec(endpoint) ?? [];
  const path = ingress.at("defaultEndpoint");
  if (endpoint === "") return;
  if (endpoint.startsWith("unix://")) findings.remark("left", path, "an app is called at a port, not at a socket in the file system");
  else if (host === "") findings.problem(path, `must be 127.0.0.1:PORT, 0.0.0.0:PORT or unix:///PATH: ${JSON.stringify(endpoint.slice(0, 80))}`);
  else if (port !== undefined && Number(portText) !== port) {
    findings.remark("left", path, `the app is called at the port that was called (${port}), not at ${portText}; in universal mode \`servicePort\` says another`);
  }
  if (host === "127.0.0.1" || host === "[::1]") {
    const annotation = `${annotationNames.appAddress}: "${port ?? portText}=${host.replace(/[[\]]/g, "")}"`;
    findings.remark("todo", path, `put the annotation \`${annotation}\` on ${pods}: their app is called there then (in universal mode: \`serviceAddress\` of the inbound)`);
  }
}

