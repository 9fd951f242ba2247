import type { JsonSchema } from "../base/json-schema.ts";

/** Kinds that Kuma 2.14 knows in a targetRef. Which of them make sense where is up to `validateTargetRef`. */
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

const pairs: JsonSchema = { type: "string" };

/** Shape of a targetRef, the same in every place; `description` says what it means in this one. */
export function targetRefSchema(description: string): JsonSchema {
  return { type: "object", description, required: ["kind"], properties: targetRefFields };
}

const targetRefFields: Readonly<Record<string, JsonSchema>> = {
  kind: {
    type: "string",
    enum: targetRefKinds,
    description:
      "What is meant. At the top level: Mesh, MeshSubset, MeshService, MeshServiceSubset or Dataplane. In `to`: Mesh, MeshService or MeshExternalService.",
  },
  name: { type: "string", description: "Name of the service (MeshService, MeshServiceSubset, MeshExternalService) or of the Dataplane." },
  namespace: {
    type: "string",
    description: "Kubernetes namespace of what `name` names. Default: the policy's own; for a policy in a system namespace, every namespace.",
  },
  tags: {
    type: "object",
    additionalProperties: pairs,
    description: "MeshSubset and MeshServiceSubset: tags that one inbound has to have, all of them. The value `*` fits any.",
  },
  mesh: { type: "string", description: "Known to Kuma, allowed for no kind that is accepted here." },
  labels: {
    type: "object",
    additionalProperties: pairs,
    description: "MeshService, MeshExternalService and Dataplane: labels that the resource has to have, all of them. Instead of `name`.",
  },
  sectionName: { type: "string", description: "MeshService in `to`: one port, by its name (default name: its number). Default: every port." },
  proxyTypes: {
    type: "array",
    items: { type: "string", enum: ["Sidecar", "Gateway"] },
    description: "Mesh and MeshSubset: only proxies of these types, Sidecar or Gateway. Default: all.",
  },
};
