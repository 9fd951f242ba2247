import type { ResourceKindDescriptor } from "./kind.ts";
import { meshExternalServiceSchema } from "./mesh-external-service-schema.ts";
import { shortNameOf } from "./short-names.ts";
import { validateMeshExternalService } from "./validate-mesh-external-service.ts";

/** MeshExternalService: a destination outside the mesh. */
export const meshExternalServiceKind: ResourceKindDescriptor = Object.freeze({
  kind: "MeshExternalService",
  path: "meshexternalservices",
  scope: "Mesh",
  shortName: shortNameOf("MeshExternalService"),
  singularDisplayName: "Mesh External Service",
  pluralDisplayName: "Mesh External Services",
  specSchema: meshExternalServiceSchema,
  fieldsAtTop: false,
  validate: validateMeshExternalService,
  normalize: (spec: unknown) => spec,
});
