import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { endChild } from "../../kit/children.ts";
import { freePorts } from "../../kit/ports.ts";
import { skipBecause } from "../../kit/skip.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { builtImage, noImage, startInImage, type Image } from "./build-image.ts";
import { lastOf } from "./dockerfile.ts";

describe("the image", () => {
  let image: Image;

  before(async function () {
    if (noImage !== undefined) skipBecause(this, noImage);
    image = await builtImage();
  });

  it("is pinned to one version of Node.js, begins with nothing, and takes only what was gathered", () => {
    assert.match(image.build.from, /^node:\d+\.\d+\.\d+-[a-z]+-slim$/);
    assert.equal(image.stage.from, "scratch");
    assert.deepEqual(image.stage.instructions.filter(({ word }) => word === "COPY").map(({ rest }) => rest), ["--from=build /image /"]);
  });

  it("has no shell, no package manager, no sources, no packages for development", async () => {
    const files = await readdir(image.folder, { recursive: true });
    const app = path.join("usr", "lib", "probeplane");
    for (const wanted of [path.join(app, "dist", "main", "probeplane.js"), path.join(app, "deploy", "kustomize", "base", "probeplane.yaml"), path.join("usr", "local", "bin", "node")]) assert.ok(files.includes(wanted), wanted);
    assert.deepEqual(files.filter((file) => /(^|\/)bin\/(sh|bash|busybox|npm|npx)$|\.ts$|node_modules\/(typescript|mocha|eslint|tsx)\//.test(file)), []);
    const bytes = (await Promise.all(files.map(async (file) => (await stat(path.join(image.folder, file))).size))).reduce((sum, size) => sum + size, 0);
    console.log(`      ${Math.round(bytes / 2 ** 20)} MiB, ${files.length} files`);
    assert.ok(bytes < 250 * 2 ** 20, `${bytes} bytes`);
  });

  it("prints what to install, of its own version", async () => {
    const child = startInImage(image, ["install", "kubernetes", "--no-crds"]);
    assert.match(await text(child.stdout), /image: probeplane:\d+\.\d+\.\d+\n/);
  });

  it("runs as a user that is not root, from a root that it cannot write to, and serves", async () => {
    assert.match(lastOf(image.stage, "USER")[0] ?? "", /^[1-9]\d*:[1-9]\d*$/);
    const [api = 0, tls = 0, xds = 0, diagnostics = 0] = await freePorts(4);
    const listen = [`--api-listen=127.0.0.1:${api}`, `--api-tls-listen=127.0.0.1:${tls}`, `--xds-listen=127.0.0.1:${xds}`, `--diagnostics-listen=127.0.0.1:${diagnostics}`];
    const child = startInImage(image, [...lastOf(image.stage, "CMD"), "--store=memory", "--data-dir=/tmp/data", ...listen]);
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
    assert.ok(!(await readdir(image.folder)).includes("data"));
  });
});
