// `npm test`: sets up, builds, checks types and lint, runs every test. The last line is `N passed, N failed, N skipped`, alone.
// Arguments are handed to mocha (`npm test -- --grep delta`, `npm test -- test/architecture/files.test.ts`). REQUIRE_ALL=1: a skipped test counts as failed.
import { checks } from "./lib/check.mjs";
import { KubeUnavailable, kubeBinaries } from "./lib/kube-binaries.mjs";
import { runLanes } from "./lib/lanes.mjs";
import { ensureBuilt, ensureInstalled, SetupError } from "./setup.mjs";

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const args = process.argv.slice(2);
/** All tests run, not only those of files that were named. */
const runsAll = !args.some((arg) => arg.endsWith(".ts"));

/** @param {string} name @param {() => Promise<boolean>} step */
async function count(name, step) {
  let held = false;
  try {
    held = await step();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
  }
  console.log(`${held ? "  ✓" : "  ✗"} ${name}`);
  if (held) total.passed += 1;
  else {
    total.failed += 1;
    failures.push(name);
  }
  return held;
}

async function runMocha() {
  const found = await runLanes(args);
  for (const key of Object.keys(total)) total[key] += found[key];
}

/**
 * Some minutes of Go on a fresh machine, so they pass beside the rest; later nothing. Tests of named files build it when they need it.
 * Where it cannot be had, the tests that need it are skipped and say why.
 *
 * @returns {Promise<"built" | "failed" | "unavailable">}
 */
async function buildKube() {
  try {
    await kubeBinaries({ log: (line) => console.log(line) });
    return "built";
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof KubeUnavailable ? "unavailable" : "failed";
  }
}

async function runAll() {
  const kube = runsAll ? buildKube() : undefined;
  const ready = await count("set-up: packages installed, sources built", async () => {
    await ensureInstalled();
    await ensureBuilt();
    return true;
  });
  await Promise.all([
    ...(ready ? checks.map((check) => count(check.name, async () => (await check.run()) === 0)) : []),
    kube,
  ]);
  if (["built", "failed"].includes(await kube)) await count("API server for tests: built from test/kube/apiserver", async () => (await kube) === "built");
  if (!ready) return;
  try {
    await runMocha();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total.failed += 1;
  }
}

await runAll();
if (process.env.REQUIRE_ALL === "1" && total.skipped > 0) {
  console.log(`REQUIRE_ALL=1: ${total.skipped} skipped count as failed`);
  total.failed += total.skipped;
  total.skipped = 0;
}
for (const name of failures) console.log(`failed: ${name}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
