import type { ParseResult } from "../policy/parse-result.ts";
import { defaultCompatibility } from "../policy/compatibility.ts";
import type { Compatibility } from "../policy/compatibility.ts";
import { parseResource } from "../policy/parse-resource.ts";
import { systemNamespaces } from "../model/namespaces.ts";
import { withStoreLabels } from "../model/store-labels.ts";

/** How objects of ours are read; everybody who reads them in one control plane reads them in one way. */
export interface ObjectReading {
  readonly compatibility?: Compatibility;
  /** Namespaces of the operators' policies. */
  readonly systemNamespaces?: readonly string[];
}

/**
 * The resource that an object of ours (a policy, a Mesh, a MeshService …) is in the mesh, with the labels that a store adds; or all
 * that is wrong with it. What the API server and others write beside the spec is passed over.
 */
export function readObject(object: unknown, reading: ObjectReading = {}): ParseResult {
  const parsed = parseResource(object, reading.compatibility ?? defaultCompatibility, reading.systemNamespaces ?? systemNamespaces);
  return parsed.ok ? { ...parsed, resource: withStoreLabels(parsed.resource) } : parsed;
}
