import { asArray, asObject, asString, type JsonObject } from "../base/json.ts";
import type { XdsResources } from "../translate/translate.ts";
import { typeUrls } from "./snapshot.ts";

/**
 * What does not fit together in a proxy's resources, in words; nothing: an Envoy that gets them waits for nothing. Each cluster that
 * discovers its endpoints needs them, each listener its routes and its filters, and nothing is sent that nobody asks for.
 */
export function inconsistencies(resources: XdsResources): readonly string[] {
  const discovered = Object.values(resources[typeUrls.cluster] ?? {}).filter(({ type }) => type === "EDS").map(({ name }) => asString(name) ?? "");
  const filters = Object.values(resources[typeUrls.listener] ?? {}).flatMap(networkFilters);
  return [
    ...misnamed(resources),
    ...unmatched("endpoints", discovered, Object.keys(resources[typeUrls.endpoints] ?? {})),
    ...unmatched("routes", filters.flatMap(routeNames), Object.keys(resources[typeUrls.route] ?? {})),
    ...unmatched("configuration", filters.flatMap(discoveredFilters), Object.keys(resources[typeUrls.extension] ?? {})),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function misnamed(resources: XdsResources): string[] {
  return Object.values(resources).flatMap((named) =>
    Object.entries(named)
      .filter(([name, resource]) => (resource["name"] ?? resource["clusterName"]) !== name)
      .map(([name]) => `${name} has another name inside`),
  );
}

function unmatched(what: string, wanted: readonly string[], given: readonly string[]): string[] {
  return [
    ...[...new Set(wanted)].filter((name) => !given.includes(name)).map((name) => `no ${what} for ${name}`),
    ...given.filter((name) => !wanted.includes(name)).map((name) => `${what} ${name} that nothing uses`),
  ];
}

function networkFilters(listener: JsonObject): Fields[] {
  const chains = asArray(listener["filterChains"]) ?? [];
  return chains.flatMap((chain) => asArray(asObject(chain)?.["filters"]) ?? []).map((filter) => asObject(filter) ?? {});
}

function routeNames(filter: Fields): string[] {
  const rds = asObject(asObject(filter["typedConfig"])?.["rds"]);
  return rds === undefined ? [] : [asString(rds["routeConfigName"]) ?? ""];
}

/** Of the filter itself, or of those in it. */
function discoveredFilters(filter: Fields): string[] {
  const inside = (asArray(asObject(filter["typedConfig"])?.["httpFilters"]) ?? []).map((each) => asObject(each) ?? {});
  return [filter, ...inside].filter(({ configDiscovery }) => configDiscovery !== undefined).map(({ name }) => asString(name) ?? "");
}
