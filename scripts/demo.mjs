// `npm run demo`: sets up and builds, then tells the story in scripts/demo/. Options: --once, --no-faults, --mtls, --short.
import { ensureBuilt, ensureInstalled, runScript } from "./setup.mjs";

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const { register } = await import("tsx/esm/api");
  register();
  const { runDemo } = await import("./demo/run-demo.ts");
  process.exitCode = await runDemo(process.argv.slice(2));
});
