import { stringify } from "yaml";
import { isGroup, type ValueSchema } from "./values-schema.ts";

const head = "# Every value of the chart with its default. Generated from values.schema.json by `npm run generate`; edit there.\n";

/** values.yaml: each value under what the schema says of it. Helm reads YAML 1.1, where `yes` is no text. */
export function formatValuesFile(schema: ValueSchema): string {
  return `${head}\n${entriesOf(schema, "").join("\n")}`;
}

function entriesOf(schema: ValueSchema, indent: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    if (isGroup(inner)) return [`${indent}${key}:\n${entriesOf(inner, `${indent}  `).join("")}`];
    return inner.default === undefined ? [] : [`${commentOf(inner, indent)}${indented(stringify({ [key]: inner.default }, { lineWidth: 0, version: "1.1" }), indent)}`];
  });
}

function commentOf({ description = "", enum: choices }: ValueSchema, indent: string): string {
  const choice = choices === undefined ? "" : ` One of ${choices.map((each) => JSON.stringify(each)).join(", ")}.`;
  return `${indent}# ${description}${choice}\n`;
}

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent);
}
