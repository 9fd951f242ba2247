/** Where a targetRef stands. */
export type TargetRefPlace = "top" | "to";

/** Kinds that Kuma 2.14 knows in a targetRef. */
export const targetRefKinds = [
  "Mesh",
  "MeshSubset",
  "MeshGateway",
  "MeshService",
  "MeshExternalService",
  "MeshMultiZoneService",
  "MeshServiceSubset",
  "MeshHTTPRoute",
  "Dataplane",
] as const;

/** Which of them make sense where, and what may not be set with each, in the order in which Kuma 2.14 names it. */
export const disallowedFields: Readonly<Record<TargetRefPlace, ReadonlyMap<string, readonly string[]>>> = {
  top: new Map([
    ["Mesh", ["mesh", "tags", "labels", "namespace", "sectionName"]],
    ["Dataplane", ["tags", "mesh", "proxyTypes"]],
    ["MeshSubset", ["name", "mesh", "labels", "namespace", "sectionName"]],
    ["MeshService", ["mesh", "tags", "proxyTypes"]],
    ["MeshServiceSubset", ["mesh", "proxyTypes", "labels", "namespace", "sectionName"]],
  ]),
  to: new Map([
    ["Mesh", ["mesh", "tags", "labels", "namespace", "sectionName"]],
    ["MeshService", ["mesh", "tags", "proxyTypes"]],
    ["MeshExternalService", ["mesh", "tags", "proxyTypes", "sectionName"]],
  ]),
};

/** Why a kind that Kuma knows is refused; the end of a sentence. */
export const refusedKinds: ReadonlyMap<string, string> = new Map([
  ["MeshGateway", ": builtin gateways are not served"],
  ["MeshMultiZoneService", ": a mesh has one zone here, there is nothing of several zones"],
]);
