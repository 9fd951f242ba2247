import type { Dataplane } from "./dataplane.ts";
import { parseServiceName } from "./service-name.ts";

/**
 * What a Dataplane whose own connections are redirected says about the services that it calls: all of its mesh, or those of these names;
 * undefined where nothing is redirected.
 */
export function reachableServices({ spec }: Dataplane): "all" | readonly string[] | undefined {
  const { transparentProxying } = spec.networking;
  if (transparentProxying?.redirectPortOutbound === undefined) return undefined;
  const names = transparentProxying.reachableServices;
  return names === undefined || names.includes("*") ? "all" : names;
}

/** The names, full or as their authors wrote them, of the MeshServices that such a name can mean. */
export function reachableLookupNames(name: string): readonly string[] {
  const derived = parseServiceName(name);
  return derived === undefined ? [name] : [name, derived.service];
}
