// `npm run bench`: sets up and builds, then measures. Arguments are handed on to bench/run.ts.
import { run } from "./lib/run.mjs";
import { ensureBuilt, ensureInstalled, runScript } from "./setup.mjs";

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  process.exitCode = await run(process.execPath, ["--import=tsx", "bench/run.ts", ...process.argv.slice(2)]);
});
