// `npm run generate`: everything that is generated and kept in the repository. Each generator is a file `scripts/generate-*`.
import { readdir } from "node:fs/promises";
import path from "node:path";
import { root } from "./lib/root.mjs";
import { run } from "./lib/run.mjs";
import { ensureInstalled, runScript } from "./setup.mjs";

await runScript(async () => {
  await ensureInstalled();
  const generators = (await readdir(path.join(root, "scripts"))).filter((name) => /^generate-.*\.(mjs|ts)$/.test(name)).sort();
  for (const name of generators) {
    console.log(`scripts/${name}`);
    const status = await run(process.execPath, ["--import=tsx", path.join("scripts", name)]);
    if (status !== 0) throw new Error(`scripts/${name} ended with status ${status}`);
  }
});
