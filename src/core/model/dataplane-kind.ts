import { dataplaneSchema } from "./dataplane-schema.ts";
import type { ResourceKindDescriptor } from "./kind.ts";
import { normalizeDataplane } from "./normalize-dataplane.ts";
import { shortNameOf } from "./short-names.ts";
import { validateDataplane } from "./validate-dataplane.ts";

/** Dataplane: a proxy. */
export const dataplaneKind: ResourceKindDescriptor = Object.freeze({
  kind: "Dataplane",
  path: "dataplanes",
  scope: "Mesh",
  shortName: shortNameOf("Dataplane"),
  singularDisplayName: "Dataplane",
  pluralDisplayName: "Dataplanes",
  specSchema: dataplaneSchema,
  fieldsAtTop: true,
  validate: validateDataplane,
  normalize: normalizeDataplane,
});
