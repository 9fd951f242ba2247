import assert from "node:assert/strict";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { withFiles } from "./command.ts";
import { dig } from "./dig.ts";
import { serveControlPlane, type ServedControlPlane } from "./served-control-plane.ts";

const mesh = "type: Mesh\nname: demo\n";
const dataplane = `type: Dataplane
mesh: demo
name: web-1
labels: {team: shop}
networking:
  address: 10.0.0.1
  inbound: [{port: 80, tags: {kuma.io/service: web, kuma.io/protocol: http}}]
  outbound: [{port: 18080, tags: {kuma.io/service: backend}}]
`;
const policy = (name = "hc", path = "/health"): string => `type: MeshHealthCheck
mesh: demo
name: ${name}
spec:
  targetRef: {kind: MeshService, name: web}
  to:
    - targetRef: {kind: MeshService, name: backend}
      default: {interval: 10s, timeout: 2s, http: {path: ${path}}}
`;
const all = [policy(), dataplane, mesh].join("---\n");

describe("apply, get and delete", () => {
  let served: ServedControlPlane;
  beforeEach(async () => (served = await serveControlPlane()));
  afterEach(() => served.stop());
  const run = (...args: readonly string[]): ReturnType<ServedControlPlane["run"]> => served.run(args);
  const apply = (text: string, ...args: readonly string[]): ReturnType<ServedControlPlane["run"]> => served.run(["apply", "-f", "-", ...args], text);

  it("write a mesh before what is in it, say what came of each, and say unchanged the second time", async () => {
    const first = await apply(all);
    assert.equal(first.status, 0, first.err);
    assert.deepEqual(first.out.trim().split("\n"), [
      'resource type="Mesh" mesh="" name="demo" created',
      'resource type="Dataplane" mesh="demo" name="web-1" created',
      'resource type="MeshHealthCheck" mesh="demo" name="hc" created',
    ]);
    assert.match(first.err, /^warning: MeshHealthCheck demo\/hc: spec.to\[0\].targetRef: nobody provides MeshService backend/m);
    assert.match((await apply(all)).out, /name="demo" unchanged\n.*name="web-1" unchanged\n.*name="hc" unchanged\n/);
    assert.match((await apply(policy("hc", "/other"))).out, /name="hc" updated\n/);
  });

  it("write nothing when one document is not valid, and tell all problems at once", async () => {
    const wrong = [mesh, policy().replace("interval: 10s", "interval: -1s"), policy("UPPER")].join("---\n");
    const { status, out, err } = await apply(wrong);
    assert.equal(status, 1);
    assert.equal(out, "");
    assert.match(err, /document 2 .*spec.to\[0\].default.interval/);
    assert.match(err, /document 3 .*name: invalid characters/);
    assert.match((await run("get", "mesh", "demo")).err, /there is no Mesh with name "demo"/);
  });

  it("write nothing when the control plane refuses one, and tell all that it refuses", async () => {
    await apply(all);
    const wrong = [policy("new"), policy("lost").replace("mesh: demo", "mesh: none"), policy("moved").replace("name: moved", "name: moved\nlabels: {kuma.io/mesh: demo}")].join("---\n");
    const { status, out, err } = await apply(wrong);
    assert.equal(status, 1, err);
    assert.equal(out, "");
    assert.equal(err, 'resource type="MeshHealthCheck" mesh="none" name="lost": failed server side: Failed to retrieve Mesh (Not found)\n');
    assert.equal((await run("get", "mhc", "new", "-m", "demo")).status, 1);
  });

  it("fill variables in, and name those that have no value", async () => {
    const template = policy("{{ name }}", "{{path}}");
    assert.match((await apply(`${mesh}---\n${template}`, "-v", "name=a,path=/x", "--var", "unused=1")).err, /warning: no file names the variable unused/);
    assert.equal(dig(parse((await run("get", "mhc/a", "-m", "demo", "-o", "yaml")).out), "spec", "to", 0, "default", "http", "path"), "/x");
    const { status, err } = await apply(template, "-v", "path=/y");
    assert.equal(status, 1);
    assert.equal(err, "standard input: line 3: the variable name has no value; give --var name=…\n");
    assert.match((await apply(template)).err, /if \{\{ name \}\} is meant as a variable, give --var name=…/);
  });

  it("print what would be sent as a client's dry run, without a control plane", async () => {
    const { status, out, err } = await served.run(["apply", "-f", "-", "--dry-run", "--address", "http://127.0.0.1:1", "-v", "p=/z"], [policy("hc", "{{p}}"), mesh].join("---\n"));
    assert.equal(status, 0, err);
    const documents = parseAllDocuments(out).map((document) => document.toJS() as unknown);
    assert.deepEqual(documents.map((document) => dig(document, "type")), ["Mesh", "MeshHealthCheck"]);
    assert.equal(dig(documents[1], "spec", "to", 0, "default", "http", "path"), "/z");
  });

  it("say what would happen as a server's dry run, and write nothing", async () => {
    assert.match((await apply(all, "--dry-run=server")).out, /name="demo" created \(server dry run\)\n.*web-1" created .*\n.*hc" created/);
    assert.equal((await run("get", "mesh", "demo")).status, 1);
  });

  it("take Kubernetes documents and put documents without a mesh into the one given", async () => {
    await apply(mesh);
    const kubernetes = "apiVersion: kuma.io/v1alpha1\nkind: MeshHealthCheck\nmetadata: {name: hc, namespace: shop, labels: {kuma.io/mesh: demo}}\nspec: {to: [{targetRef: {kind: Mesh}, default: {tcp: {}}}]}\n";
    assert.match((await apply(kubernetes)).out, /mesh="demo" name="hc.shop" created/);
    assert.match((await apply(policy("bare").replace("mesh: demo\n", ""), "-m", "demo")).out, /mesh="demo" name="bare" created/);
  });

  it("read a folder, and several places", async () => {
    await withFiles({ "b.yaml": policy(), "a.json": JSON.stringify(parse(mesh)), "other.txt": "no" }, async (folder) => {
      assert.match((await run("apply", "-f", folder)).out, /name="demo" created\n.*name="hc" created\n$/);
      assert.match((await run("apply", "-f", path.join(folder, "a.json"), "-f", path.join(folder, "b.yaml"))).out, /unchanged\n.*unchanged\n$/);
    });
  });

  it("show policies as a table with who runs with them, as YAML that can be applied, as JSON, and as names", async () => {
    await apply(all);
    const table = (await run("get", "mhc", "-m", "demo")).out.replace(/\d+s\n/, "AGE\n");
    assert.equal(table, [
      "MESH   NAME   TARGET            DESTINATIONS   PROGRAMMED   REJECTED   AGE\n",
      "demo   hc     MeshService web   backend        0/1          0          AGE\n",
    ].join(""));
    const yaml = await run("get", "meshhealthchecks", "-m", "demo", "-o", "yaml");
    assert.match((await apply(yaml.out)).out, /name="hc" unchanged/);
    const json = JSON.parse((await run("get", "mhc", "-m", "demo", "-o", "json")).out) as unknown;
    assert.equal(dig(json, "total"), 1);
    assert.equal(dig(json, "items", 0, "kri"), "kri_mhc_demo_default__hc_");
    assert.equal(dig(JSON.parse((await run("get", "mhc", "hc", "-m", "demo", "-o", "json")).out), "name"), "hc");
    assert.equal((await run("get", "mhc", "-A", "-o", "name")).out, "mhc/hc\n");
    assert.equal(dig(parse((await run("get", "mhc/hc", "-m", "demo", "-o", "kubernetes")).out), "apiVersion"), "kuma.io/v1alpha1");
  });

  it("select by labels and by a part of the name, and page through everything", async () => {
    const many = Array.from({ length: 30 }, (_, i) => dataplane.replace("web-1", `web-${i}`).replace("team: shop", `team: ${i % 2 === 0 ? "even" : "odd"}`));
    await apply([mesh, ...many].join("---\n"));
    const names = async (...args: readonly string[]): Promise<number> => (await run("get", "dp", "-m", "demo", "-o", "name", ...args)).out.trim().split("\n").length;
    assert.equal(await names(), 30);
    assert.equal(await names("-l", "team=even"), 15);
    assert.equal(await names("--name-contains", "web-2"), 11);
  });

  it("say what is not there: one that is named, a mesh, and a kind with the nearest known one", async () => {
    await apply(mesh);
    const missing = await run("get", "mhc", "nosuch", "-m", "demo");
    assert.deepEqual([missing.status, missing.out, missing.err], [1, "", 'there is no MeshHealthCheck with name "nosuch" in mesh "demo"\n']);
    assert.equal((await run("get", "mhc", "x", "-m", "dmeo")).err, 'there is no Mesh with name "dmeo"\n');
    assert.equal((await run("get", "mhc", "-m", "dmeo")).err, "Failed to retrieve Mesh (Not found)\n");
    const unknown = await run("get", "dataplaens");
    assert.equal(unknown.status, 64);
    assert.match(unknown.err, /did you mean dataplanes\?/);
    const empty = await run("get", "mhc", "-m", "demo");
    assert.deepEqual([empty.status, empty.out, empty.err], [0, "", 'no meshhealthchecks in mesh "demo"\n']);
  });

  it("delete by kind and name, by KIND/NAME, and what a file describes, the mesh last", async () => {
    await apply(all);
    const mistaken = await run("delete", "mesh", "demo");
    assert.equal(mistaken.err, "Could not delete a resource (Resource is not valid)\n* mesh: unable to delete mesh, there are still some dataplanes attached\n");
    assert.equal((await run("delete", "mhc", "hc", "-m", "demo", "--dry-run=server")).out, 'deleted MeshHealthCheck "hc" (server dry run)\n');
    assert.equal((await run("delete", "mhc/hc", "-m", "demo")).out, 'deleted MeshHealthCheck "hc"\n');
    const again = await run("delete", "mhc", "hc", "-m", "demo");
    assert.deepEqual([again.status, again.err], [1, 'there is no MeshHealthCheck with name "hc" in mesh "demo"\n']);
    assert.equal((await run("delete", "mhc", "hc", "-m", "demo", "--ignore-not-found")).status, 0);
    await apply(policy());
    const file = await served.run(["delete", "-f", "-"], all);
    assert.equal(file.out, 'deleted MeshHealthCheck "hc"\ndeleted Dataplane "web-1"\ndeleted Mesh "demo"\n');
  });
});

describe("commands and who may use the API", () => {
  it("send the token of a file, and say how to give one when it is missing", async () => {
    const served = await serveControlPlane("s3cret");
    try {
      const without = await served.run(["get", "meshes"]);
      assert.equal(without.status, 77);
      assert.match(without.err, /^Unauthenticated .*; give a token with --token-file/);
      await withFiles({ token: "s3cret\n" }, async (folder) => {
        const { status, out, err } = await served.run(["get", "meshes", "--token-file", path.join(folder, "token")]);
        assert.equal(status, 0, err);
        assert.match(out, /^NAME +AGE\ndefault +/);
      });
    } finally {
      await served.stop();
    }
  });
});
