import { readFileSync } from "node:fs";
import { crdFiles } from "./crd-files.ts";
import { dashboard } from "./dashboard.ts";
import { formatValuesReference } from "./format-values-reference.ts";
import { formatValuesFile } from "./format-values.ts";
import { readValuesSchema } from "./values-schema.ts";

/** Everything of the chart that is generated: path in the checkout → text. */
export function chartFiles(): Readonly<Record<string, string>> {
  const schema = readValuesSchema();
  const chart = "deploy/helm/probeplane";
  return {
    [`${chart}/values.schema.json`]: `${JSON.stringify(schema, undefined, 2)}\n`,
    [`${chart}/values.yaml`]: formatValuesFile(schema),
    "docs/reference/helm.md": formatValuesReference(schema),
    [`${chart}/files/dashboard.json`]: `${JSON.stringify(dashboard(), undefined, 2)}\n`,
    ...Object.fromEntries(crdFiles().map(({ name, path }) => [`${chart}/files/crds/${name}`, readFileSync(path, "utf8")])),
  };
}
