import type { JsonSchema } from "../base/json-schema.ts";
import { targetRefKinds } from "./target-ref-kinds.ts";
import type { TargetRefPlace } from "./target-ref-kinds.ts";
import { tagRules, targetRefRules } from "./target-ref-rules.ts";

/** Texts of selectors are labels and names of Kubernetes, which are not longer. */
const pairs: JsonSchema = { type: "string", kubernetes: { maxLength: 253 } };

/** Shape of a targetRef, the same in every place; `description` says what it means in this one. */
export function targetRefSchema(place: TargetRefPlace, description: string): JsonSchema {
  return { type: "object", description, required: ["kind"], properties: fieldsIn(place), rules: targetRefRules(place) };
}

const tags: JsonSchema = {
  type: "object",
  additionalProperties: pairs,
  description: "MeshSubset and MeshServiceSubset: tags that one inbound has to have, all of them. The value `*` fits any.",
};

/** In `to` no kind has tags: a rule says so, and needs to look no further. */
function fieldsIn(place: TargetRefPlace): Readonly<Record<string, JsonSchema>> {
  return place === "to" ? fields : { ...fields, tags: { ...tags, kubernetes: { maxProperties: 64 }, rules: tagRules } };
}

const fields: Readonly<Record<string, JsonSchema>> = {
  kind: {
    type: "string",
    enum: targetRefKinds,
    description:
      "What is meant. At the top level: Mesh, MeshSubset, MeshService, MeshServiceSubset or Dataplane. In `to`: Mesh, MeshService or MeshExternalService.",
  },
  name: { type: "string", kubernetes: { maxLength: 253 }, description: "Name of the service (MeshService, MeshServiceSubset, MeshExternalService) or of the Dataplane." },
  namespace: {
    type: "string",
    description: "Kubernetes namespace of what `name` names. Default: the policy's own; for a policy in a system namespace, every namespace.",
  },
  tags,
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
