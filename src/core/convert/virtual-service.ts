import { equalJson } from "../base/equal-json.ts";
import type { JsonObject } from "../base/json.ts";
import { readHost, toRef } from "./destination.ts";
import { groupByPlace, readExport } from "./export-to.ts";
import { passOver, type Fields, type Reasons } from "./fields.ts";
import { tellOfExternal } from "./external.ts";
import type { IstioObject } from "./istio-object.ts";
import type { Output } from "./output.ts";
import type { Findings } from "./remarks.ts";
import { readRetries } from "./retries.ts";

const routing = "requests go to the service that was called; routes are not served";

/** Why fields of a VirtualService are left out. */
export const virtualServiceReasons: Reasons = {
  tcp: routing,
  tls: routing,
  route: routing,
  match: routing,
  redirect: routing,
  rewrite: routing,
  delegate: routing,
  directResponse: routing,
  fault: "faults are not injected",
  mirror: "requests are not mirrored",
  mirrors: "requests are not mirrored",
  mirrorPercentage: "requests are not mirrored",
  mirrorPercent: "requests are not mirrored",
  mirror_percent: "requests are not mirrored",
  headers: "headers are not changed",
  corsPolicy: "there is no CORS policy here",
  subset: "subsets are not told apart: a policy holds for a whole service",
};

/** A VirtualService: retries become a MeshRetry, timeouts a MeshTimeout, for all who call its hosts. */
export function convertVirtualService({ name, namespace, spec, findings }: IstioObject, output: Output): void {
  const hosts = spec.texts("hosts");
  if (hosts.length === 0) findings.problem(spec.at("hosts"), "must have at least one element");
  if (isForGatewaysAlone(spec, findings)) {
    passOver(spec);
    return;
  }
  const routes = spec.items("http").filter((route) => !route.has("redirect") && !route.has("directResponse"));
  const callers = readExport(spec, findings, "all");
  const destinations = hosts.map((host) => readHost(host, namespace));
  for (const destination of destinations) tellOfExternal(destination, spec.at("hosts"), findings);
  const retry = decide(routes, "retries", (route) => readRetries(route, findings), findings);
  const timeout = decide(routes, "timeout", (route) => timeoutOf(route), findings);
  for (const route of routes) readRoute(route, hosts, namespace);
  for (const [place, group] of groupByPlace({ own: namespace, callers }, destinations, output.settings)) {
    const to = (conf: JsonObject): JsonObject => ({ to: group.map((each) => ({ targetRef: toRef(each, place.namespace), default: conf })) });
    if (retry !== undefined) output.policy("MeshRetry", name, place, to(retry));
    if (timeout !== undefined) output.policy("MeshTimeout", name, place, to(timeout));
  }
}

function isForGatewaysAlone(spec: Fields, findings: Findings): boolean {
  const [all, gateways] = [spec.texts("gateways"), spec.texts("gateways").filter((gateway) => gateway !== "mesh")];
  if (gateways.length > 0 && gateways.length === all.length) findings.remark("left", "", `it is about gateways alone (${gateways.join(", ")}), and gateways are not served`);
  else if (gateways.length > 0) findings.remark("left", spec.at("gateways"), `gateways are not served (${gateways.join(", ")})`);
  return gateways.length > 0 && gateways.length === all.length;
}

function timeoutOf(route: Fields): JsonObject | undefined {
  const requestTimeout = route.duration("timeout");
  return requestTimeout === undefined ? undefined : { http: { requestTimeout } };
}

/**
 * What of the routes holds for the service: what they all say, else what the one for all other requests says. The rest is told.
 */
function decide(routes: readonly Fields[], field: string, read: (route: Fields) => JsonObject | undefined, findings: Findings): JsonObject | undefined {
  const said = routes.map((route) => ({ route, conf: read(route) }));
  const [first] = said;
  if (first === undefined || said.every(({ conf }) => equalJson(conf, first.conf))) return first?.conf;
  const chosen = said.find(({ route }) => isForAll(route));
  for (const { route, conf } of said) {
    if (conf === undefined || route === chosen?.route || equalJson(conf, chosen?.conf)) continue;
    const instead = chosen === undefined ? "no route is for all other requests" : `what the route for all other requests says holds for all (${chosen.route.path})`;
    findings.remark("left", route.at(field), `routes are not told apart: ${instead}`);
  }
  return chosen?.conf;
}

/** True for a route without a match, and for one that matches every path. */
function isForAll(route: Fields): boolean {
  const matches = route.raw("match");
  if (!Array.isArray(matches) || matches.length === 0) return true;
  return matches.some((match) => equalJson(match as JsonObject, { uri: { prefix: "/" } }));
}

/** What nothing can come of because it is how things are anyway needs no word: all requests, to the service itself. */
function readRoute(route: Fields, hosts: readonly string[], namespace: string): void {
  if (!isForAll(route)) route.leave("match", routing);
  route.text("name");
  const called = hosts.map((host) => readHost(host, namespace));
  const parts = route.items("route");
  for (const part of parts) {
    const destination = part.fields("destination");
    const host = destination?.text("host");
    const isCalled = host === undefined || called.some((each) => equalJson({ ...each }, { ...readHost(host, namespace) }));
    if (!isCalled) destination?.leave("host", routing);
    destination?.raw("port");
    if (parts.length === 1) part.raw("weight");
    else part.leave("weight", "traffic is not split");
  }
}
