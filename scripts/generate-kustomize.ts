import { writeFile } from "node:fs/promises";
import path from "node:path";
import { kustomizeFiles } from "./lib/chart/kustomize-files.ts";
import { KubeUnavailable, kubeBinaries } from "./lib/kube-binaries.mjs";
import { root } from "./lib/root.mjs";

// The Kustomize base is what Helm makes of the chart with its defaults; test/kube/deployment holds it equal. After generate-helm-chart.ts.
try {
  const { helm } = await kubeBinaries({ log: (line) => { console.log(line); } });
  for (const [file, text] of Object.entries(kustomizeFiles(helm))) await writeFile(path.join(root, file), text);
} catch (error) {
  if (!(error instanceof KubeUnavailable)) throw error;
  console.warn(`deploy/kustomize stays as it is: ${error.message}`);
}
