// `npm run check`: types and lint, without the tests. `npm run lint` is the second alone.
import { checks } from "./lib/check.mjs";
import { ensureInstalled, runScript } from "./setup.mjs";

const only = process.argv[2];

await runScript(async () => {
  await ensureInstalled();
  const wanted = checks.filter((check) => only === undefined || check.name.startsWith(`${only}:`));
  const statuses = await Promise.all(wanted.map((check) => check.run()));
  process.exitCode = statuses.some((status) => status !== 0) ? 1 : 0;
});
