import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { root } from "../../../scripts/lib/root.mjs";
import { endChild, endWithUs } from "../../kit/children.ts";
import { freePorts } from "../../kit/ports.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { lastOf, parseDockerfile, type Stage } from "./dockerfile.ts";

const run = promisify(execFile);
const stages = parseDockerfile(readFileSync(path.join(root, "deploy", "Dockerfile"), "utf8"));
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

describe("the image", () => {
  const [buildStage, imageStage] = stages;
  let folder: string;
  let image: string;

  before(async () => {
    assert.ok(buildStage !== undefined && imageStage !== undefined);
    folder = await scratchFolder("image");
    image = path.join(folder, "image");
    await build(buildStage, folder);
  });

  it("is pinned to one version of Node.js, begins with nothing, and takes only what was gathered", () => {
    assert.match(buildStage?.from ?? "", /^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    assert.equal(imageStage?.from, "scratch");
    assert.deepEqual(imageStage.instructions.filter(({ word }) => word === "COPY").map(({ rest }) => rest), ["--from=build /image /"]);
  });

  it("has no shell, no package manager, no sources, no packages for development", async () => {
    const files = await readdir(image, { recursive: true });
    const app = path.join("usr", "lib", "probeplane");
    for (const wanted of [path.join(app, "dist", "main", "probeplane.js"), path.join(app, "deploy", "kustomize", "base", "probeplane.yaml"), path.join("usr", "local", "bin", "node")]) assert.ok(files.includes(wanted), wanted);
    assert.deepEqual(files.filter((file) => /(^|\/)bin\/(sh|bash|busybox|npm|npx)$|\.ts$|node_modules\/(typescript|mocha|eslint|tsx)\//.test(file)), []);
    const bytes = (await Promise.all(files.map(async (file) => (await stat(path.join(image, file))).size))).reduce((sum, size) => sum + size, 0);
    console.log(`      ${Math.round(bytes / 2 ** 20)} MiB, ${files.length} files`);
    assert.ok(bytes < 250 * 2 ** 20, `${bytes} bytes`);
  });

  /** With the image as the root of the file system, which takes root to do; else its Node.js with its application, from outside. */
  function startInImage(command: readonly string[], uid: string): ChildProcessByStdio<null, Readable, Readable> {
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/tmp", NODE_ENV: "production" };
    if (process.getuid?.() === 0) return spawn("chroot", [`--userspec=${uid}`, image, ...command], { env, stdio: ["ignore", "pipe", "pipe"] });
    return spawn(path.join(image, "usr/local/bin/node"), [path.join(image, "usr/lib/probeplane/bin/probeplane.mjs"), ...command.slice(1)], { env, stdio: ["ignore", "pipe", "pipe"] });
  }

  it("prints what to install, of its own version", async () => {
    const child = startInImage([...lastOf(imageStage!, "ENTRYPOINT"), "install", "kubernetes", "--no-crds"], "65532:65532");
    endWithUs(child);
    assert.match(await text(child.stdout), /image: probeplane:\d+\.\d+\.\d+\n/);
  });

  it("runs as a user that is not root, from a root that it cannot write to, and serves", async () => {
    const [uid = ""] = lastOf(imageStage!, "USER");
    assert.match(uid, /^[1-9]\d*:[1-9]\d*$/);
    const [api = 0, tls = 0, xds = 0, diagnostics = 0] = await freePorts(4);
    const listen = [`--api-listen=127.0.0.1:${api}`, `--api-tls-listen=127.0.0.1:${tls}`, `--xds-listen=127.0.0.1:${xds}`, `--diagnostics-listen=127.0.0.1:${diagnostics}`];
    const command = [...lastOf(imageStage!, "ENTRYPOINT"), ...lastOf(imageStage!, "CMD"), "--store=memory", "--data-dir=/tmp/data", ...listen];
    const child = startInImage(command, uid);
    endWithUs(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (said += part));
    const answer = await waitUntil("it is ready", async () => {
      if (child.exitCode !== null) return said;
      const response = await fetch(`http://127.0.0.1:${diagnostics}/ready`, { headers: { connection: "close" } });
      return response.status === 200 ? "ready" : undefined;
    });
    assert.equal(answer, "ready");
    assert.equal((await fetch(`http://127.0.0.1:${api}/meshes`, { headers: { connection: "close" } })).status, 200);
    await endChild(child, 15_000);
    assert.equal(child.exitCode, 0, said);
    assert.ok(!(await readdir(image)).includes("data"));
  });
});
