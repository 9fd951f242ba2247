import { asArray, asNumber, asObject, asString, jsonTypeOf, ownField } from "../base/json.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";

/**
 * What a proxy's agent asks for, as kuma-dp writes it (Kuma 2.2 to 2.14), and two fields of our own agent. Fields of kuma-dp's
 * that nothing here depends on are read into `told` and passed on in the node's metadata where Kuma does so.
 */
export interface BootstrapRequest {
  readonly mesh: string;
  readonly name: string;
  /** `dataplane`, or empty. */
  readonly proxyType: string;
  readonly dataplaneToken: string;
  /** File on the proxy's machine that has the token. */
  readonly dataplaneTokenPath: string;
  /** Ours: file on the proxy's machine that names the token's file, in the form of Envoy's secret discovery. */
  readonly dataplaneTokenSecretPath: string;
  /** Text of a Dataplane (YAML or JSON) that comes with the proxy; empty: it is stored already. */
  readonly dataplaneResource: string;
  /** PEM with which the proxy verifies the control plane; empty: the control plane's own. */
  readonly caCert: string;
  /** Port of Envoy's admin interface (kuma-dp before 1.4). */
  readonly adminPort: number;
  /** Ours: Unix socket for Envoy's admin interface. */
  readonly adminSocketPath: string;
  readonly features: readonly string[];
  readonly dnsPort: number;
  readonly readinessPort: number;
  /** Ours: ports of a sidecar's agent, of Envoy's listener for the kubelet, and of that for Prometheus; 0: there is none. */
  readonly statusPort: number;
  readonly healthPort: number;
  readonly prometheusPort: number;
  /** Named `appProbeProxyDisabled` on the wire, where true means enabled: kuma-dp's historical mistake (kumahq/kuma#13885). */
  readonly appProbeProxyEnabled: boolean;
  readonly dynamicMetadata: Readonly<Record<string, string>>;
  readonly version: JsonObject;
  readonly workdir: string;
  readonly metricsCertPath: string;
  readonly metricsKeyPath: string;
  readonly systemCaPath: string;
  readonly ipv6Enabled: boolean | undefined;
  readonly spireSocketPath: string;
}

export type BootstrapRequestResult =
  | { readonly ok: true; readonly request: BootstrapRequest }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** Reads a request's body. Unknown fields and those without an effect here are passed over, wrong types are not. */
export function parseBootstrapRequest(body: unknown): BootstrapRequestResult {
  const fields = asObject(body);
  if (fields === undefined) return { ok: false, violations: [{ path: "", message: `in body must be of type object: "${jsonTypeOf(body)}"` }] };
  const read = fieldReader(fields);
  const request = readRequest(read);
  requireName(request.mesh, "mesh", read.violations);
  requireName(request.name, "name", read.violations);
  if (request.mesh.includes(".")) read.violations.push({ path: "mesh", message: "a mesh that proxies connect to has no dot in its name" });
  if (request.proxyType !== "" && request.proxyType !== "dataplane") {
    read.violations.push({ path: "proxyType", message: `${JSON.stringify(request.proxyType)} is not served, only "dataplane" is` });
  }
  return read.violations.length > 0 ? { ok: false, violations: read.violations } : { ok: true, request };
}

function readRequest(read: FieldReader): BootstrapRequest {
  const metrics = read.object("metricsResources");
  const spire = read.object("spireResources");
  return {
    mesh: read.text("mesh"),
    name: read.text("name"),
    proxyType: read.text("proxyType"),
    dataplaneToken: read.text("dataplaneToken").trim(),
    dataplaneTokenPath: read.text("dataplaneTokenPath"),
    dataplaneTokenSecretPath: read.text("dataplaneTokenSecretPath"),
    dataplaneResource: read.text("dataplaneResource"),
    caCert: read.text("caCert"),
    adminPort: read.port("adminPort"),
    adminSocketPath: read.text("adminSocketPath"),
    features: read.texts("features"),
    dnsPort: read.port("dnsPort"),
    readinessPort: read.port("readinessPort"),
    statusPort: read.port("statusPort"),
    healthPort: read.port("healthPort"),
    prometheusPort: read.port("prometheusPort"),
    appProbeProxyEnabled: read.flag("appProbeProxyDisabled") ?? false,
    dynamicMetadata: read.pairs("dynamicMetadata"),
    version: read.object("version"),
    workdir: read.text("workdir"),
    metricsCertPath: asString(metrics["certPath"]) ?? "",
    metricsKeyPath: asString(metrics["keyPath"]) ?? "",
    systemCaPath: read.text("systemCaPath"),
    ipv6Enabled: read.flag("ipv6Enabled"),
    spireSocketPath: asString(spire["socketPath"]) ?? "",
  };
}

function requireName(value: string, path: string, violations: Violation[]): void {
  if (value === "" && !violations.some((each) => each.path === path)) violations.push({ path, message: "cannot be empty" });
  else if (!/^[0-9a-z._-]{0,253}$/.test(value)) violations.push({ path, message: "has characters that no name has" });
}

interface FieldReader {
  readonly violations: Violation[];
  text(name: string): string;
  texts(name: string): readonly string[];
  port(name: string): number;
  flag(name: string): boolean | undefined;
  object(name: string): JsonObject;
  pairs(name: string): Readonly<Record<string, string>>;
}

/** Reads fields that may be absent or null; says of one that has another type what it should be. */
function fieldReader(fields: Readonly<Record<string, unknown>>): FieldReader {
  const violations: Violation[] = [];
  function read<T>(name: string, type: string, convert: (value: unknown) => T | undefined, absent: T): T {
    const value = ownField(fields, name) ?? undefined;
    if (value === undefined) return absent;
    const converted = convert(value);
    if (converted === undefined) violations.push({ path: name, message: `in body must be of type ${type}: "${jsonTypeOf(value)}"` });
    return converted ?? absent;
  }
  return {
    violations,
    text: (name) => read(name, "string", asString, ""),
    texts: (name) => read(name, "array", textsOf, []),
    port: (name) => read(name, "integer", portOf, 0),
    flag: (name) => read(name, "boolean", (value) => (typeof value === "boolean" ? value : undefined), undefined as boolean | undefined),
    object: (name) => read(name, "object", (value) => asObject(value) as JsonObject | undefined, {}),
    pairs: (name) => read(name, "object", pairsOf, {}),
  };
}

function textsOf(value: unknown): readonly string[] | undefined {
  return asArray(value)?.filter((each): each is string => typeof each === "string");
}

function portOf(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 && number <= 65_535 ? number : undefined;
}

function pairsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const object = asObject(value) as Readonly<Record<string, JsonValue>> | undefined;
  if (object === undefined) return undefined;
  return Object.fromEntries(Object.entries(object).map(([key, each]) => [key, typeof each === "string" ? each : JSON.stringify(each)]));
}
