import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { setPriority } from "node:os";
import path from "node:path";
import { withLock } from "./lock.mjs";
import { root } from "./root.mjs";

/** They cannot be had on this machine; the message says why and what helps. */
export class KubeUnavailable extends Error {
  name = "KubeUnavailable";
}

const programs = ["apiserver", "kubectl", "helm"];
const kubernetes = "1.36.3";
const helm = "3.21.4";
const versions = {
  "k8s.io/component-base/version.gitVersion": `v${kubernetes}`,
  "k8s.io/component-base/version.gitMajor": "1",
  "k8s.io/component-base/version.gitMinor": "36",
  "helm.sh/helm/v3/internal/version.version": `v${helm}`,
};
const ldflags = ["-s", "-w", ...Object.entries(versions).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
const buildArgs = ["build", "-trimpath", "-ldflags", ldflags, "-o"];
const packages = [".", "k8s.io/kubernetes/cmd/kubectl", "helm.sh/helm/v3/cmd/helm"];

/**
 * The folder `KUBE_BINARIES` where it is set, else what was built from the sources as they are, else built now. Several processes may ask
 * at once: one builds, the others wait.
 *
 * @param {import("./kube-binaries.d.mts").KubeBinariesOptions} [options]
 * @throws {KubeUnavailable} where there is neither a build nor Go.
 */
export async function kubeBinaries(options = {}) {
  const chosen = (options.env ?? process.env)["KUBE_BINARIES"];
  if (chosen !== undefined && chosen !== "") {
    if (await isWhole(chosen)) return pathsIn(chosen);
    throw new KubeUnavailable(`KUBE_BINARIES is ${chosen}, in which not all of ${programs.join(", ")} are executable files`);
  }
  const sources = options.sources ?? path.join(root, "test", "kube", "apiserver");
  const cacheDir = options.cacheDir ?? path.join(root, ".cache", "kube");
  const home = path.join(cacheDir, await sourcesHash(sources));
  if (!(await isWhole(home))) {
    await withLock("kube", async () => {
      if (!(await isWhole(home))) await buildInto(cacheDir, home, sources, options);
    });
  }
  return pathsIn(home);
}

async function buildInto(cacheDir, home, sources, { go = "go", log }) {
  const scratch = path.join(cacheDir, `build-${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(scratch, { recursive: true });
  try {
    log?.(`building kube-apiserver ${kubernetes} with etcd, kubectl and helm ${helm} from test/kube/apiserver (Go modules; some minutes the first time) …`);
    await build(go, [...buildArgs, `${scratch}${path.sep}`, ...packages], sources);
    // What earlier sources made, or a build left that was ended, is of no use any more.
    for (const name of await readdir(cacheDir)) {
      if (name !== path.basename(scratch)) await rm(path.join(cacheDir, name), { recursive: true, force: true });
    }
    await rename(scratch, home);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** At low priority: tests may run beside it. What ends us ends it. */
function build(go, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(go, args, { cwd, env: { ...process.env, CGO_ENABLED: "0" }, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid !== undefined) setPriority(child.pid, 10);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-8000)));
    const pass = (signal) => child.kill(signal);
    const signals = ["SIGTERM", "SIGINT"];
    for (const signal of signals) process.on(signal, pass);
    const settle = (failure) => {
      for (const signal of signals) process.off(signal, pass);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    child.on("error", (error) => settle(unavailable(error.code === "ENOENT" ? "Go is not installed" : error.message)));
    child.on("close", (status, signal) => {
      if (status === 0) settle();
      else if (/go\.mod requires go >=/.test(said)) settle(unavailable(`this Go is too old: ${said.trim()}`));
      else settle(new Error(`building the API server for tests ended with ${status ?? signal}:\n${said.trim()}`));
    });
  });
}

function unavailable(why) {
  return new KubeUnavailable(`no kube-apiserver was built yet, and ${why}; install Go 1.26 or newer, or name a folder with ${programs.join(", ")} by KUBE_BINARIES`);
}

/** A hash over names and contents of the sources, and over how they are built. */
async function sourcesHash(sources) {
  const hash = createHash("sha256").update([process.platform, process.arch, ...buildArgs, ...packages].join("\0"));
  for (const name of (await readdir(sources)).sort()) hash.update(`\0${name}\0`).update(await readFile(path.join(sources, name)));
  return hash.digest("hex").slice(0, 16);
}

async function isWhole(folder) {
  const found = programs.map((name) => access(path.join(folder, name), constants.X_OK));
  return await Promise.all(found).then(() => true, () => false);
}

function pathsIn(folder) {
  return Object.fromEntries(programs.map((name) => [name, path.join(folder, name)]));
}
