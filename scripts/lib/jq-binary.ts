import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { withLock } from "./lock.mjs";
import { root } from "./root.mjs";

/** There is none on this machine; the message says why and what helps. */
export class JqUnavailable extends Error {
  override name = "JqUnavailable";
}

export interface JqOptions {
  /** Folders in which programs are looked up; default: the process's `PATH`. */
  readonly path?: string;
  /** Where a built one is kept; default `.cache/jq` in the checkout. */
  readonly cacheDir?: string;
  /** Program to build with; default `go`. */
  readonly go?: string;
}

const sources = path.join(root, "test", "kube", "jq");

/**
 * Path of a jq: that of the machine, else gojq, which was built before or is built now.
 *
 * @throws JqUnavailable where there is neither jq nor Go.
 */
export async function jqBinary({ path: folders = process.env["PATH"] ?? "", cacheDir = path.join(root, ".cache", "jq"), go = "go" }: JqOptions = {}): Promise<string> {
  for (const folder of folders.split(path.delimiter).filter((each) => each !== "")) {
    const found = path.join(folder, "jq");
    if (await isProgram(found)) return found;
  }
  const hash = createHash("sha256").update(await readFile(path.join(sources, "go.sum"))).digest("hex").slice(0, 16);
  const built = path.join(cacheDir, hash, "gojq");
  if (!(await isProgram(built))) await withLock("jq", () => build(go, built));
  return built;
}

async function build(go: string, file: string): Promise<void> {
  if (await isProgram(file)) return;
  const scratch = `${path.dirname(file)}.${process.pid}`;
  await mkdir(scratch, { recursive: true });
  const args = ["build", "-trimpath", "-o", scratch + path.sep, "github.com/itchyny/gojq/cmd/gojq"];
  try {
    await promisify(execFile)(go, args, { cwd: sources, env: { ...process.env, CGO_ENABLED: "0" } });
    await rename(scratch, path.dirname(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing) throw new JqUnavailable("there is no jq, and Go is not installed to build one; install jq, or Go 1.26 or newer");
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isProgram(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(() => true, () => false);
}
