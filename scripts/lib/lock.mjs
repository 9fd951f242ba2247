import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./root.mjs";

/**
 * Runs `work` while no other process of this checkout runs work under the same name. A lock whose owner died is taken over.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const folder = path.join(root, ".cache", `lock-${name}`);
  await mkdir(path.dirname(folder), { recursive: true });
  while (!(await take(folder))) {
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function take(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  await writeFile(path.join(folder, "pid"), String(process.pid));
  return true;
}

/** @param {string} folder */
async function isAbandoned(folder) {
  const pid = Number(await readFile(path.join(folder, "pid"), "utf8").catch(() => ""));
  // No pid yet: its owner is between making the folder and writing it.
  if (!Number.isInteger(pid) || pid <= 0) {
    await sleep(500);
    return (await readFile(path.join(folder, "pid"), "utf8").catch(() => "gone")) === "";
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
