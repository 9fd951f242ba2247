import { writeFile } from "node:fs/promises";
import path from "node:path";
import { formatValuesReference } from "./lib/chart/format-values-reference.ts";
import { formatValuesFile } from "./lib/chart/format-values.ts";
import { chartFolder, readValuesSchema } from "./lib/chart/values-schema.ts";

// What test/kube/deployment holds equal to the schema of the chart's values.
const schema = readValuesSchema();
await writeFile(path.join(chartFolder, "values.yaml"), formatValuesFile(schema));
await writeFile(new URL("../docs/reference/helm.md", import.meta.url), formatValuesReference(schema));
