// Everything that has to be there before anything of ours can run. Plain JavaScript without dependencies: it runs on a fresh clone.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { withLock } from "./lib/lock.mjs";
import { root } from "./lib/root.mjs";
import { run } from "./lib/run.mjs";

const oldestNode = [20, 19];
const dist = path.join(root, "dist");
const stampFile = path.join(dist, ".sources");

/** Something that only the user can put right; its message is all that is shown. */
export class SetupError extends Error {}

/** @throws {SetupError} when this Node is too old for us. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [needMajor, needMinor] = oldestNode;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new SetupError(`Node.js ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}`);
  }
}

/** Installs the packages of the lock file, unless what is installed is what it says. */
export async function ensureInstalled() {
  checkNode();
  if (await isInstalled()) return;
  await withLock("install", async () => {
    if (await isInstalled()) return;
    console.log("installing packages (npm ci) …");
    const status = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {}, ["ignore", "inherit", "inherit"]);
    if (status !== 0) throw new SetupError(`npm ci ended with status ${status}; its output above says why`);
  });
}

/** Compares what npm wrote down about node_modules with the lock file, package by package. */
async function isInstalled() {
  const [wanted, present] = await Promise.all(["package-lock.json", "node_modules/.package-lock.json"].map(readPackages));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === "") return true;
    const there = present[name];
    // Left out by npm because it is for another platform.
    if (there === undefined) return entry.optional === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

/** @param {string} file @returns {Promise<Record<string, any> | undefined>} */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(path.join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Compiles src to dist, unless dist was made of exactly these sources. */
export async function ensureBuilt() {
  if (await isBuilt()) return;
  await withLock("build", async () => {
    const wanted = await sourcesHash();
    if ((await readStamp()) === wanted) return;
    await rm(stampFile, { force: true });
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const status = await run(process.execPath, [tsc, "-p", "tsconfig.build.json"]);
    if (status !== 0) throw new SetupError("the build failed; the compiler's messages are above");
    await removeOrphans();
    await writeFile(stampFile, wanted);
  });
}

async function isBuilt() {
  const stamp = await readStamp();
  return stamp !== undefined && stamp === (await sourcesHash());
}

function readStamp() {
  return readFile(stampFile, "utf8").catch(() => undefined);
}

/** A hash over the names and contents of all that the build reads. */
async function sourcesHash() {
  const hash = createHash("sha256");
  const sources = (await filesUnder("src")).filter((file) => !file.endsWith(".test.ts"));
  for (const file of ["package-lock.json", "tsconfig.json", "tsconfig.build.json", ...sources]) {
    hash.update(`${file}\0`).update(await readFile(path.join(root, file))).update("\0");
  }
  return hash.digest("hex");
}

/** Output whose source is gone must not be loadable any more. */
async function removeOrphans() {
  for (const file of await filesUnder("dist")) {
    const source = path.join(root, "src", path.relative("dist", file).replace(/\.js(\.map)?$/, ".ts"));
    if (/\.js(\.map)?$/.test(file) && !existsSync(source)) await rm(path.join(root, file));
  }
}

/** @param {string} folder @returns {Promise<string[]>} sorted paths relative to the checkout */
async function filesUnder(folder) {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(path.relative(root, entry.parentPath), entry.name));
  return files.sort();
}

/**
 * Runs a script's work and makes its errors readable: a SetupError is a sentence, anything else a stack.
 *
 * @param {() => Promise<unknown>} work
 */
export async function runScript(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(async () => {
    await ensureInstalled();
    await ensureBuilt();
  });
}
