import type { JsonSchema } from "../base/json-schema.ts";
import type { ResourceKindDescriptor } from "./kind.ts";
import { meshMtlsSchema } from "./mesh-mtls-schema.ts";
import { shortNameOf } from "./short-names.ts";
import { validateMeshMtls } from "./validate-mesh-mtls.ts";

/** A part that is Kuma's, accepted and kept as it is. */
function kept(description: string): JsonSchema {
  return { type: "object", additionalProperties: true, description };
}

const meshSchema: JsonSchema = {
  type: "object",
  description: "A mesh: the proxies, services and policies that know each other. Every other resource names the mesh that it is in.",
  properties: {
    mtls: meshMtlsSchema,
    tracing: kept("Kuma's old tracing settings. Accepted and kept; not acted on."),
    logging: kept("Kuma's old logging settings. Accepted and kept; not acted on."),
    metrics: kept("Kuma's old metrics settings. Accepted and kept; not acted on."),
    networking: kept("Networking of the whole mesh. `outbound.passthrough: false` refuses captured calls of what the mesh does not know; other fields are accepted and kept."),
    routing: kept("Locality awareness and egress. Accepted and kept; not acted on."),
    constraints: kept("Which proxies may join. Accepted and kept; not acted on yet."),
    meshServices: kept("How MeshServices are made (`mode`). Accepted and kept; not acted on: both tag-named and MeshService destinations work always."),
    skipCreatingInitialPolicies: {
      type: "array",
      items: { type: "string" },
      description: "Kinds of policies that are not made with the mesh; `*` for all. Accepted and kept; none are made anyway.",
    },
  },
};

/** Mesh: lives in no mesh itself; of its fields, mutual TLS is checked beyond its shape. */
export const meshKind: ResourceKindDescriptor = Object.freeze({
  kind: "Mesh",
  path: "meshes",
  scope: "Global",
  shortName: shortNameOf("Mesh"),
  singularDisplayName: "Mesh",
  pluralDisplayName: "Meshes",
  specSchema: meshSchema,
  fieldsAtTop: true,
  validate: validateMeshMtls,
  normalize: (spec: unknown) => spec,
});
