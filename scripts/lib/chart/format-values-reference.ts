import { chartValues, type ValueSchema } from "./values-schema.ts";

const head = `# Values of the Helm chart

<!-- Generated from deploy/helm/probeplane/values.schema.json by \`npm run generate\`; edit there. -->

Set with \`--set NAME=VALUE\` or in a file for \`--values\`. A value that is not here is refused, as is one of the wrong type. How to
install: [kubernetes.md](../kubernetes.md).

| value | default | what it does |
|---|---|---|
`;

/** The reference page, in Markdown. */
export function formatValuesReference(schema: ValueSchema): string {
  const rows = chartValues(schema).map(({ name, schema: { default: value, description = "", enum: choices } }) => {
    const choice = choices === undefined ? "" : ` One of ${choices.map((each) => (each === "" ? "none" : `\`${String(each)}\``)).join(", ")}.`;
    return `| \`${name}\` | ${value === "" ? "" : `\`${JSON.stringify(value)}\``} | ${`${description}${choice}`.replaceAll("|", "\\|")} |`;
  });
  return `${head}${rows.join("\n")}\n`;
}
