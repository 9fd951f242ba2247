import type { JsonObject } from "../../../core/base/json.ts";
import { resourceKinds } from "../../../core/policy/registry.ts";
import { kubernetesObjectSchema, rejectionSchema, resourceSchema, resourceStatusSchema } from "./kind-schema.ts";
import { count, described, fields, labels, listOf, ref, text } from "./schema.ts";

const invalidParameters: JsonObject = described(listOf(fields({ field: text, reason: text })), "All that is wrong with the request, at once.");

/** The body of every error (Kuma's `/std-errors`); `details` and `causes` say the same for clients older than 2.2. */
const errorSchema: JsonObject = fields(
  { type: { const: "/std-errors" }, status: count, title: text, detail: text, details: text },
  { invalid_parameters: invalidParameters, causes: listOf(fields({ field: text, message: text })) },
);

/** Schemas that have a name in the document: every kind of resource, and what several answers have in common. */
export function componentSchemas(): Readonly<Record<string, JsonObject>> {
  return {
    ...Object.fromEntries(resourceKinds.map((kind) => [kind.kind, resourceSchema(kind)])),
    Error: errorSchema,
    KubernetesObject: described(kubernetesObjectSchema, "A resource in the Kubernetes form."),
    Rejection: described(rejectionSchema, "What a proxy refuses at present, in its own words."),
    ResourceMeta: described(fields({ type: text, mesh: text, name: text, labels }), "Which resource is meant."),
    ResourceStatus: resourceStatusSchema,
    Written: described(fields({}, { warnings: listOf(text) }), "What may surprise the one who wrote."),
  };
}

/** A page of a list. */
export function pageSchema(items: JsonObject): JsonObject {
  const next = { type: ["string", "null"], format: "uri", description: "The next page; null on the last." };
  return fields({ total: described(count, "How many there are on all pages."), items: listOf(items), next });
}

/** A list that is given whole, or in pages only when it is long. */
export function listSchema(items: JsonObject): JsonObject {
  return fields({ total: described(count, "How many there are on all pages."), items: listOf(items) }, { next: { ...text, format: "uri" } });
}


/** A resource of any kind but secrets, in either form. */
export function anyResource(): JsonObject {
  const kinds = resourceKinds.filter(({ sensitive }) => sensitive !== true).map(({ kind }) => ref(kind));
  return { anyOf: [...kinds, ref("KubernetesObject")] };
}
