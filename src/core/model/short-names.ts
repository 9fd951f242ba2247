/** Short names of resource kinds, as they stand in resource identifiers (KRI) and as kubectl takes them. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ["Mesh", "m"],
  ["Dataplane", "dp"],
  ["MeshService", "msvc"],
  ["MeshExternalService", "extsvc"],
  ["MeshHealthCheck", "mhc"],
  ["Secret", "sec"],
  ["GlobalSecret", "gsec"],
  ["MeshRetry", "mr"],
  ["MeshTimeout", "mt"],
  ["MeshCircuitBreaker", "mcb"],
  ["MeshTLS", "mtls"],
  ["MeshTrafficPermission", "mtp"],
]);

/** Short name of a kind; its name in lower case when it has none. */
export function shortNameOf(kind: string): string {
  return shortNames.get(kind) ?? kind.toLowerCase();
}
