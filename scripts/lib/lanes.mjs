// The tests in two processes of mocha, side by side: most of them wait for something most of the time. Which file is in which lane follows
// from its folder, so that no file is in none or in both.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createBlockWriter } from "./block-writer.mjs";
import { root } from "./root.mjs";
import { run } from "./run.mjs";

/** @typedef {{ name: string, specs: readonly string[], ignore: readonly string[] }} Lane */

/** About as long as each other. @type {readonly Lane[]} */
export const lanes = [
  { name: "units, cluster and benches", specs: ["src/**/*.test.ts", "test/kube/**/*.test.ts", "bench/**/*.test.ts"], ignore: [] },
  { name: "everything else", specs: ["test/**/*.test.ts"], ignore: ["test/kube/**"] },
];

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs mocha once for each lane, or once for the files that the arguments name. What they write comes a suite at a time.
 *
 * @param {readonly string[]} args handed to mocha
 * @returns {Promise<Counts>} of all lanes
 * @throws Error when a lane ended before its tests did
 */
export async function runLanes(args) {
  const namesFiles = args.some((arg) => arg.endsWith(".ts"));
  const chosen = namesFiles ? [{ name: "named files", specs: [], ignore: [] }] : lanes;
  const ends = await Promise.allSettled(chosen.map((lane, number) => runLane(lane, { args, number, of: chosen.length })));
  const counts = ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  const sum = (/** @type {keyof Counts} */ key) => counts.reduce((total, each) => total + each[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/**
 * @param {Lane} lane
 * @param {{ args: readonly string[], number: number, of: number }} how
 * @returns {Promise<Counts>}
 */
async function runLane({ name, specs, ignore }, { args, number, of }) {
  const folder = await mkdtemp(path.join(tmpdir(), "probeplane-test-"));
  const began = Date.now();
  const writer = createBlockWriter((text) => process.stdout.write(text));
  try {
    const countsFile = path.join(folder, "counts.json");
    const mocha = path.join(root, "node_modules", "mocha", "bin", "mocha.js");
    const reporter = path.join(root, "scripts", "lib", "reporter.mjs");
    const ignored = ignore.flatMap((pattern) => ["--ignore", pattern]);
    const env = { TEST_COUNTS_FILE: countsFile, TEST_LANE: `${number}/${of}` };
    const write = of === 1 ? undefined : (/** @type {string} */ text) => writer.write(text);
    const status = await run(process.execPath, [mocha, "--reporter", reporter, ...ignored, ...args, ...specs], env, "inherit", write);
    const counts = JSON.parse(await readFile(countsFile, "utf8").catch(() => "null"));
    if (counts === null) throw new Error(`${name}: mocha ended with status ${status} before its tests did`);
    if (status !== 0 && counts.failed === 0) throw new Error(`${name}: mocha ended with status ${status} though no test failed`);
    return counts;
  } finally {
    writer.end();
    if (of > 1) console.log(`${name}: ${Math.round((Date.now() - began) / 1000)} s`);
    await rm(folder, { recursive: true, force: true });
  }
}
