import { fieldPath } from "../base/field-path.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import { policyKinds, resourceKinds } from "./registry.ts";

/** The reference page of every policy kind, made from the schemas that validate policies. */
export function formatPolicyReference(): string {
  const intro = [
    "A policy says for whom it holds (`targetRef`, the proxies that act), to whom (`to[].targetRef`, the services that they call), and what",
    "(`to[].default`). Policies that say something of the same proxy and service are merged, field by field; a field that no policy sets has",
    "its default. Durations are written as Go writes them: `500ms`, `10s`, `1m30s`, `1.5h`. A field that is `null` is absent. An unknown",
    "field is left out, with a warning that names the nearest known one.",
  ];
  return formatPage("Policies", intro, policyKinds);
}

/** The reference page of the resources that are no policies. */
export function formatResourceReference(): string {
  const intro = [
    "What a mesh is made of. In the Universal form a resource has `type`, `name`, `mesh` (default: `default`) and `labels`; in the Kubernetes",
    "form `apiVersion: kuma.io/v1alpha1`, `kind`, `metadata`, and its mesh is its label `kuma.io/mesh`. There all fields stand under `spec`.",
  ];
  const kinds = resourceKinds.filter((kind) => !(policyKinds as readonly ResourceKindDescriptor[]).includes(kind));
  return formatPage("Resources", intro, kinds);
}

function formatPage(title: string, intro: readonly string[], kinds: readonly ResourceKindDescriptor[]): string {
  const generated = "<!-- Generated from the schemas in src/core by `npm run generate`; edit there. -->";
  return `# ${title}\n\n${generated}\n\n${intro.join("\n")}\n\n${kinds.map(formatKind).join("\n")}`;
}

function formatKind(kind: ResourceKindDescriptor): string {
  const names = `API: \`${kind.scope === "Global" ? "" : "/meshes/{mesh}"}/${kind.path}/{name}\` · short name: \`${kind.shortName}\``;
  const rows = fieldRows(kind.specSchema, kind.fieldsAtTop ? "" : "spec").join("\n");
  return `## ${kind.kind}\n\n${kind.specSchema.description ?? ""}\n\n${names}\n\n| field | type | meaning |\n|---|---|---|\n${rows}\n`;
}

function fieldRows(schema: JsonSchema, path: string): string[] {
  const below = schema.items === undefined ? [] : fieldRows(schema.items, `${path}[]`);
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = fieldPath(path, name);
    const meaning = `${field.description ?? ""}${schema.required?.includes(name) === true && !(field.description ?? "").includes("Required") ? " Required." : ""}`;
    return [`| \`${at}\` | ${typeText(field)} | ${meaning.replaceAll("|", "\\|")} |`, ...fieldRows(field, at)];
  });
  return [...below, ...fields];
}

function typeText(schema: JsonSchema): string {
  if (schema.format !== undefined) return schema.format;
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (typeof schema.additionalProperties === "object") return `map of ${typeText(schema.additionalProperties)}`;
  const { type = "any" } = schema;
  return typeof type === "string" ? type : type.join(" or ");
}
