import { rootCertificates } from "node:tls";
import { asArray, asObject, type JsonObject, type JsonValue } from "../../src/core/base/json.ts";
import { machineCaSecret } from "../../src/core/model/proxy-secrets.ts";
import { makeTestCa } from "../kit/certificates.ts";
import type { XdsResources } from "../../src/core/translate/translate.ts";
import { typeUrls } from "../../src/core/translate/type-urls.ts";

/**
 * A bootstrap that holds the resources of many cases side by side, so that Envoy starts once for all of them. What would collide is
 * kept apart: names get the case's in front, listeners get a port each. Everything else stays as it is.
 */
export function asServed(cases: ReadonlyMap<string, XdsResources>): JsonObject {
  return bootstrap([...cases].map(([name, resources]) => ({
    clusters: Object.values(resources[typeUrls.cluster] ?? {}).map((cluster) => prefixed(cluster, name)),
    listeners: Object.values(resources[typeUrls.listener] ?? {}).map((listener) => prefixed(listener, name)),
  })));
}

/** The same with endpoints, routes, configured filters and secrets put where they are used, so that Envoy reads them too. The checks stay as they are. */
export function inlined(cases: ReadonlyMap<string, XdsResources>): JsonObject {
  return bootstrap([...cases].map(([name, resources]) => ({
    clusters: Object.values(resources[typeUrls.cluster] ?? {}).map((cluster) => prefixed(withSecrets(withEndpoints(cluster, resources)), name)),
    listeners: Object.values(resources[typeUrls.listener] ?? {}).map((listener) => prefixed(withSecrets(withFilters(withRoutes(listener, resources), resources)), name)),
  })));
}

interface StaticResources {
  readonly clusters: readonly JsonObject[];
  readonly listeners: readonly JsonObject[];
}

function bootstrap(parts: readonly StaticResources[]): JsonObject {
  const listeners = parts.flatMap((part) => part.listeners).map((listener, i) => {
    const address = asObject(asObject(listener["address"])?.["socketAddress"]) as JsonObject;
    return { ...listener, address: { socketAddress: { ...address, portValue: 1024 + i } } };
  });
  const grpcServices = [{ envoyGrpc: { clusterName: "ads" } }];
  return {
    node: { id: "default.golden", cluster: "golden" },
    dynamicResources: { adsConfig: { apiType: "DELTA_GRPC", transportApiVersion: "V3", grpcServices } },
    staticResources: { secrets: [machineCa, ...meshSecretsIn(parts)], clusters: [{ name: "ads", connectTimeout: "1s" }, ...parts.flatMap((part) => part.clusters)], listeners },
  };
}

/** What a bootstrap has for clusters that trust what the proxy's machine trusts; any CA will do, and no file is needed. */
const machineCa = { name: machineCaSecret, validationContext: { trustedCa: { inlineString: rootCertificates[0] ?? "" } } };

const testCa = await makeTestCa("golden");
const testCertificate = await testCa.issue("golden", "spiffe://default/golden");

/** Secrets that proxies get on their stream, for every mesh that is spoken of; any certificate will do. */
function meshSecretsIn(parts: readonly StaticResources[]): readonly JsonObject[] {
  const names = new Set([...JSON.stringify(parts).matchAll(/"((?:identity_cert|mesh_ca):secret:[^"]+)"/g)].map(([, name = ""]) => name));
  return [...names].sort().map((name) => {
    if (name.startsWith("mesh_ca")) return { name, validationContext: { trustedCa: { inlineString: testCa.cert } } };
    return { name, tlsCertificate: { certificateChain: { inlineString: testCertificate.cert }, privateKey: { inlineString: testCertificate.key } } };
  });
}

/** A secret of the bootstrap is named alone. */
function withSecrets(resource: JsonObject): JsonObject {
  return mapObjects(resource, (object) => Object.fromEntries(Object.entries(object).filter(([field]) => field !== "sdsConfig")));
}

/** Filters whose configuration is served beside the listener. */
function withFilters(listener: JsonObject, resources: XdsResources): JsonObject {
  return mapObjects(listener, (object) => {
    const { configDiscovery, ...rest } = object;
    if (configDiscovery === undefined) return object;
    return { ...rest, typedConfig: resources[typeUrls.extension]?.[object["name"] as string]?.["typedConfig"] ?? {} };
  });
}

function withEndpoints(cluster: JsonObject, resources: XdsResources): JsonObject {
  if (cluster["type"] !== "EDS") return cluster;
  const rest = Object.fromEntries(Object.entries(cluster).filter(([field]) => field !== "edsClusterConfig"));
  return { ...rest, type: "STATIC", loadAssignment: resources[typeUrls.endpoints]?.[cluster["name"] as string] ?? {} };
}

function withRoutes(listener: JsonObject, resources: XdsResources): JsonObject {
  return mapObjects(listener, (object) => {
    const { rds, ...rest } = object;
    const name = asObject(rds)?.["routeConfigName"];
    return rds === undefined ? object : { ...rest, routeConfig: resources[typeUrls.route]?.[name as string] ?? {} };
  });
}

/** Cluster and listener names wherever they stand; header keys, extension names and the like are not names of ours. */
function prefixed(resource: JsonObject, prefix: string): JsonObject {
  const renamed = mapObjects(resource, (object) => ({ ...object, ...renamedFields(object, ["cluster", "clusterName"], prefix) }));
  return { ...renamed, ...renamedFields(renamed, ["name"], prefix) };
}

function renamedFields(object: JsonObject, fields: readonly string[], prefix: string): JsonObject {
  const named = fields.filter((field) => typeof object[field] === "string");
  return Object.fromEntries(named.map((field) => [field, `${prefix}/${object[field] as string}`]));
}

function mapObjects(object: JsonObject, change: (object: JsonObject) => JsonObject): JsonObject {
  return change(Object.fromEntries(Object.entries(object).map(([key, value]) => [key, mapValue(value, change)])));
}

function mapValue(value: JsonValue, change: (object: JsonObject) => JsonObject): JsonValue {
  const list = asArray(value) as readonly JsonValue[] | undefined;
  if (list !== undefined) return list.map((item) => mapValue(item, change));
  const object = asObject(value) as JsonObject | undefined;
  return object === undefined ? value : mapObjects(object, change);
}
