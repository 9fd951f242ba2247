import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../../../scripts/lib/root.mjs";
import { command } from "./command.ts";
import { dig } from "./dig.ts";

async function installed(...args: readonly string[]): Promise<readonly unknown[]> {
  const { status, out, err } = await command(["install", "kubernetes", ...args]);
  assert.equal(status, 0, err);
  return parseAllDocuments(out).map((document) => document.toJS() as unknown);
}

describe("probeplane install kubernetes", () => {
  it("prints the namespace, then the kinds, then the control plane", async () => {
    const kinds = (await installed()).map((object) => dig(object, "kind"));
    assert.equal(kinds[0], "Namespace");
    assert.deepEqual(new Set(kinds.slice(1, kinds.lastIndexOf("CustomResourceDefinition") + 1)), new Set(["CustomResourceDefinition"]));
    for (const kind of ["Deployment", "Service", "ClusterRole", "Role", "ValidatingWebhookConfiguration", "PodDisruptionBudget", "NetworkPolicy"]) assert.ok(kinds.includes(kind), kind);
  });

  it("puts everything into the namespace, with the image and the number that are given", async () => {
    const objects = await installed("--namespace", "mesh", "--image", "example.com/probeplane@sha256:0", "--replicas", "5", "--no-crds");
    assert.ok(!JSON.stringify(objects).includes("probeplane-system"));
    const deployment = objects.find((object) => dig(object, "kind") === "Deployment");
    assert.equal(dig(deployment, "metadata", "namespace"), "mesh");
    assert.equal(dig(deployment, "spec", "replicas"), 5);
    assert.equal(dig(deployment, "spec", "template", "spec", "containers", 0, "image"), "example.com/probeplane@sha256:0");
    assert.ok(!objects.some((object) => dig(object, "kind") === "CustomResourceDefinition"));
  });

  it("keeps the comments, for those who read it", async () => {
    assert.match((await command(["install", "kubernetes"])).out, /^# What it reads and writes outside its own namespace\.$/m);
  });

  it("refuses what cannot be a namespace or a number, with status 64", async () => {
    for (const [args, expected] of [[["--namespace", "No_Such"], /a namespace has/], [["--replicas", "0"], /from 1 on/]] as const) {
      const { status, err } = await command(["install", "kubernetes", ...args]);
      assert.equal(status, 64);
      assert.match(err, expected);
    }
  });
});

describe("docs/kubernetes.md", () => {
  it("shows a first policy that is valid", async () => {
    const page = await readFile(path.join(root, "docs", "kubernetes.md"), "utf8");
    const [, policy = ""] = /<<'EOF'\n(.*?)^EOF$/ms.exec(page) ?? [];
    assert.match(policy, /MeshHealthCheck/);
    const { status, out } = await command(["validate", "--strict", "-f", "-"], policy);
    assert.equal(status, 0, out);
  });
});
