/** Where a targetRef stands. At the top of a policy that may have `rules` or `from`, a Dataplane may have a section. */
export type TargetRefPlace = "top" | "top-with-rules" | "to" | "from";

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

const atTop: readonly (readonly [string, readonly string[]])[] = [
  ["Mesh", ["mesh", "tags", "labels", "namespace", "sectionName"]],
  ["Dataplane", ["tags", "mesh", "proxyTypes"]],
  ["MeshSubset", ["name", "mesh", "labels", "namespace", "sectionName"]],
  ["MeshService", ["mesh", "tags", "proxyTypes"]],
  ["MeshServiceSubset", ["mesh", "proxyTypes", "labels", "namespace", "sectionName"]],
];

/** Which of them make sense where, and what may not be set with each, in the order in which Kuma 2.14 names it. */
export const disallowedFields: Readonly<Record<TargetRefPlace, ReadonlyMap<string, readonly string[]>>> = {
  top: new Map(atTop),
  "top-with-rules": new Map(atTop),
  to: new Map([
    ["Mesh", ["mesh", "tags", "labels", "namespace", "sectionName"]],
    ["MeshService", ["mesh", "tags", "proxyTypes"]],
    ["MeshExternalService", ["mesh", "tags", "proxyTypes", "sectionName"]],
  ]),
  from: new Map(atTop.filter(([kind]) => kind !== "Dataplane")),
};

/** Of the kinds of a place those that one kind of policy takes; `undefined`: all of them. */
export function kindsIn(place: TargetRefPlace, kinds?: readonly string[]): readonly string[] {
  return [...disallowedFields[place].keys()].filter((kind) => kinds?.includes(kind) !== false);
}

/** Why a kind that Kuma knows is refused; the end of a sentence. */
export const refusedKinds: ReadonlyMap<string, string> = new Map([
  ["MeshGateway", ": builtin gateways are not served"],
  ["MeshMultiZoneService", ": a mesh has one zone here, there is nothing of several zones"],
]);
