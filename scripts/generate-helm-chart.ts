import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { chartFiles } from "./lib/chart/chart-files.ts";
import { root } from "./lib/root.mjs";

// What the chart has that is made from something else; test/kube/deployment/chart-files.test.ts holds it equal. After generate-crds.ts.
await rm(path.join(root, "deploy", "helm", "probeplane", "files", "crds"), { recursive: true, force: true });
for (const [file, text] of Object.entries(chartFiles())) {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}
