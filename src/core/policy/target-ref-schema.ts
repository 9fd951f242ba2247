import type { JsonSchema } from "../base/json-schema.ts";
import { kindsIn, targetRefKinds } from "./target-ref-kinds.ts";
import type { TargetRefPlace } from "./target-ref-kinds.ts";
import { tagRules, targetRefRules } from "./target-ref-rules.ts";

/** Texts of selectors are labels and names of Kubernetes, which are not longer. */
const pairs: JsonSchema = { type: "string", kubernetes: { maxLength: 253 } };

/** Shape of a targetRef, the same in every place; `description` says what it means in this one. `kinds`: which it may be; default: all of the place. */
export function targetRefSchema(place: TargetRefPlace, description: string, kinds?: readonly string[]): JsonSchema {
  return { type: "object", description, required: ["kind"], properties: fieldsIn(place, kinds), rules: targetRefRules(place, kinds) };
}

const tags: JsonSchema = {
  type: "object",
  additionalProperties: pairs,
  description: "MeshSubset and MeshServiceSubset: tags that one inbound has to have, all of them. The value `*` fits any.",
};

/** In `to` no kind has tags: a rule says so, and needs to look no further. */
function fieldsIn(place: TargetRefPlace, kinds?: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const known = kindsIn(place, kinds);
  const all = place === "from" || kinds !== undefined ? { ...fields, kind: { ...fields["kind"], description: `What is meant: ${known.join(", ")}.` } } : fields;
  const ofPlace = place === "top-with-rules" ? { ...all, sectionName: sectionOfDataplane } : all;
  const tagged = known.some((kind) => ["MeshSubset", "MeshServiceSubset"].includes(kind));
  return tagged ? { ...ofPlace, tags: { ...tags, kubernetes: { maxProperties: 64 }, rules: tagRules } } : ofPlace;
}

const sectionOfDataplane: JsonSchema = {
  type: "string",
  description: "Dataplane, in a policy with `rules` or `from`: one inbound, by its name (default name: its port). Default: every inbound.",
};

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
