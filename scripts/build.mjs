// `npm run build`: dist from src, installing the packages first where that is needed.
import { ensureBuilt, ensureInstalled, runScript } from "./setup.mjs";

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
});
