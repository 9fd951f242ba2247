import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../../kit/children.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { lastOf, parseDockerfile, type Stage } from "./dockerfile.ts";

const run = promisify(execFile);
const [buildStage, imageStage] = parseDockerfile(readFileSync(path.join(root, "deploy", "Dockerfile"), "utf8"));
const ignored = readFileSync(path.join(root, "deploy", "Dockerfile.dockerignore"), "utf8").split("\n");

/** What takes long and was done for this checkout before its tests: where its outcome is. */
const done: Readonly<Record<string, string>> = {
  "npm ci --ignore-scripts --no-audit --no-fund": "node_modules",
  "node node_modules/typescript/bin/tsc -p tsconfig.build.json": "dist",
};

/** Does what the build stage says, in folders that stand for its `/src` and `/image`. */
async function build(stage: Stage, folder: string): Promise<void> {
  const placed = (line: string): string => line.replace(/(?<=^|\s)\/(src|image)\b/g, `${folder}/$1`);
  const src = path.join(folder, "src");
  await mkdir(src, { recursive: true });
  for (const { word, rest } of stage.instructions) {
    if (word === "COPY") await copy(rest.split(/\s+/), src);
    else if (word === "RUN" && done[rest] !== undefined) await run("cp", ["-a", path.join(root, done[rest]), src]);
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

let built: Promise<Image> | undefined;

/** Built once for all tests of this process. */
export async function builtImage(): Promise<Image> {
  built ??= (async () => {
    if (buildStage === undefined || imageStage === undefined) throw new Error("the Dockerfile has not two stages");
    const folder = await scratchFolder("image");
    await build(buildStage, folder);
    return { folder: path.join(folder, "image"), build: buildStage, stage: imageStage };
  })();
  return await built;
}

/** True where a process can have the image as the root of its file system. */
export const canEnterImages = process.getuid?.() === 0;

/** Runs the image with these arguments, as its user: in it where that can be done; else its Node.js with its application, from outside. */
export function startInImage({ folder, stage }: Image, args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcessByStdio<null, Readable, Readable> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/tmp", NODE_ENV: "production", ...more };
  const child = canEnterImages
    ? spawn("chroot", [`--userspec=${lastOf(stage, "USER")[0] ?? ""}`, folder, ...lastOf(stage, "ENTRYPOINT"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
    : spawn(path.join(folder, "usr/local/bin/node"), [path.join(folder, "usr/lib/probeplane/bin/probeplane.mjs"), ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  return child;
}
