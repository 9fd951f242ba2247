import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { KubeUnavailable, kubeBinaries } from "../../scripts/lib/kube-binaries.mjs";
import type { KubeBinariesOptions } from "../../scripts/lib/kube-binaries.mjs";
import { scratchFolder } from "../kit/scratch-folder.ts";

describe("where the tests' API server comes from", () => {
  let folder: string;
  let options: Required<Pick<KubeBinariesOptions, "sources" | "cacheDir" | "go">> & KubeBinariesOptions;

  /** Stands in for Go: writes down that it was asked, then does what the lines say; `$out` is the folder for programs. */
  async function installGo(...lines: readonly string[]): Promise<void> {
    const script = ["#!/bin/sh", `echo asked >> ${folder}/asked`, 'while [ "$1" != -o ]; do shift; done', 'out=$2', ...lines, ""];
    await writeFile(options.go, script.join("\n"));
    await chmod(options.go, 0o755);
  }

  const builds = 'for name in apiserver kubectl helm; do echo "#!/bin/sh" > "$out/$name"; chmod +x "$out/$name"; done';
  const timesAsked = async (): Promise<number> => (await readFile(path.join(folder, "asked"), "utf8").catch(() => "")).split("\n").length - 1;

  beforeEach(async () => {
    folder = await scratchFolder("binaries");
    options = { env: {}, sources: path.join(folder, "sources"), cacheDir: path.join(folder, "cache"), go: path.join(folder, "go") };
    await mkdir(options.sources);
    await writeFile(path.join(options.sources, "main.go"), "package main\n");
  });

  it("is built once, however many ask at the same time, and again when a source changes; what the old one made goes", async () => {
    await installGo("sleep 0.3", builds);
    const found = await Promise.all([kubeBinaries(options), kubeBinaries(options)]);
    assert.deepEqual(found[0], found[1]);
    assert.equal(await timesAsked(), 1);
    assert.deepEqual((await readdir(path.dirname(found[0].helm))).sort(), ["apiserver", "helm", "kubectl"]);
    await writeFile(path.join(options.sources, "main.go"), "package main // else\n");
    assert.notEqual((await kubeBinaries(options)).apiserver, found[0].apiserver);
    assert.equal(await timesAsked(), 2);
    assert.equal((await readdir(options.cacheDir)).length, 1);
  });

  it("is not there after a build that failed, and the next one tries again", async () => {
    await installGo('echo "cannot find module" >&2', "exit 1");
    await assert.rejects(kubeBinaries(options), (error) => error instanceof Error && !(error instanceof KubeUnavailable) && error.message.includes("cannot find module"));
    assert.deepEqual(await readdir(options.cacheDir), []);
    await installGo(builds);
    await kubeBinaries(options);
    assert.equal(await timesAsked(), 2);
  });

  it("gives a reason to skip where Go is missing or too old, but takes what was built before", async () => {
    const missing = { ...options, go: path.join(folder, "nowhere") };
    await assert.rejects(kubeBinaries(missing), (error) => error instanceof KubeUnavailable && error.message.includes("Go is not installed; install Go"));
    await installGo('echo "go: go.mod requires go >= 1.26.0 (running go 1.22.1; GOTOOLCHAIN=local)" >&2', "exit 1");
    await assert.rejects(kubeBinaries(options), (error) => error instanceof KubeUnavailable && error.message.includes("running go 1.22.1"));
    await installGo(builds);
    const built = await kubeBinaries(options);
    assert.deepEqual(await kubeBinaries(missing), built);
  });

  it("is what KUBE_BINARIES names, and nothing else when it is not whole", async () => {
    await installGo(builds);
    const { apiserver } = await kubeBinaries(options);
    const own = { ...options, go: "/nowhere", env: { KUBE_BINARIES: path.dirname(apiserver) }, sources: folder };
    assert.equal((await kubeBinaries(own)).apiserver, apiserver);
    await assert.rejects(kubeBinaries({ ...own, env: { KUBE_BINARIES: folder } }), KubeUnavailable);
  });
});
