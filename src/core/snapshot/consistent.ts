import { asArray, asObject, asString, type JsonObject } from "../base/json.ts";
import type { XdsResources } from "../translate/translate.ts";
import { typeUrls } from "./snapshot.ts";

/**
 * What does not fit together in a proxy's resources, in words; nothing: an Envoy that gets them waits for nothing. Each cluster that
 * discovers its endpoints needs them, each listener its routes, and nothing is sent that nobody asks for.
 */
export function inconsistencies(resources: XdsResources): readonly string[] {
  const discovered = Object.values(resources[typeUrls.cluster] ?? {}).filter(({ type }) => type === "EDS").map(({ name }) => asString(name) ?? "");
  const wantedRoutes = Object.values(resources[typeUrls.listener] ?? {}).flatMap(routeNames);
  return [
    ...misnamed(resources),
    ...unmatched("endpoints", discovered, Object.keys(resources[typeUrls.endpoints] ?? {})),
    ...unmatched("routes", wantedRoutes, Object.keys(resources[typeUrls.route] ?? {})),
  ];
}

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

function routeNames(listener: JsonObject): string[] {
  const chains = asArray(listener["filterChains"]) ?? [];
  const filters = chains.flatMap((chain) => asArray(asObject(chain)?.["filters"]) ?? []);
  return filters.flatMap((filter) => {
    const rds = asObject(asObject(asObject(filter)?.["typedConfig"])?.["rds"]);
    return rds === undefined ? [] : [asString(rds["routeConfigName"]) ?? ""];
  });
}
