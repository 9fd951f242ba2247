import assert from "node:assert/strict";
import path from "node:path";
import { command, withFiles } from "./command.ts";

const policy = (spec: string, name = "check") => `type: MeshHealthCheck\nname: ${name}\nspec: ${spec}\n`;
const good = policy("{to: [{targetRef: {kind: Mesh}, default: {tcp: {}, noTrafficInterval: 1s}}]}");

interface Report {
  readonly valid: boolean;
  readonly resources: readonly { readonly name: string }[];
  readonly violations: readonly { readonly origin: string; readonly name?: string; readonly path: string }[];
}

describe("probeplane validate", () => {
  it("is content with what is valid", async () => {
    const { status, out } = await command(["validate", "-f", "-"], good);
    assert.equal(status, 0);
    assert.equal(out, "1 valid resource, 0 violations, 0 notices\n");
  });

  const refused: readonly [title: string, text: string, message: RegExp][] = [
    ["broken YAML", "type: [\n", /standard input, document 1 \(line 1\): line 2, column 1: /],
    ["broken JSON", '{"type": "Mesh",', /document 1 \(line 1\): line 1, column/],
    ["a document that is no object", "- 1\n", /in body must be of type object: "array"/],
    ["an unknown kind", "type: MeshHealthChek\nname: a\nspec: {}\n", /type: .*MeshHealthChek.*MeshHealthCheck/],
    ["a kind that is not served", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", /apiVersion: must be kuma.io\/v1alpha1, is "apps\/v1"/],
    ["wrong types", policy("{to: [{targetRef: {kind: Mesh}, default: {tcp: [], timeout: 1}}]}"), /spec\.to\[0\]\.default\.timeout: .*type string[^]*spec\.to\[0\]\.default\.tcp: .*type object/],
    ["a contradictory targetRef", policy("{targetRef: {kind: Mesh, name: web, labels: {a: b}}, to: []}"), /spec\.targetRef\.name: using name with kind Mesh is not yet supported[^]*spec\.targetRef\.labels: must not be set with kind Mesh/],
    ["an unknown top level kind", policy("{targetRef: {kind: MeshGateway, name: g}}"), /spec\.targetRef\.kind: value 'MeshGateway' is not supported/],
    ["a name that is none", good.replace("check", "Check_1"), /name: invalid characters/],
    ["a document of 5 MB", `${good}x: ${"a".repeat(5_000_000)}\n`, /is too large: \d+ bytes/],
    ["an empty input", "# nothing\n", /standard input: has no resource in it/],
    ["a bomb of aliases", `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nd: [${"*c,".repeat(9)}]\n`, /alias/i],
    ["nesting without end", "[".repeat(5000), /nested deeper than|nested|line 1/],
    ["two resources of one name", `${good}---\n${good}`, /document 2 \(line 5\): MeshHealthCheck default\/check: is defined twice: first in standard input, document 1 \(line 1\)/],
  ];
  for (const [title, text, message] of refused) {
    it(`says what is wrong with ${title}, and where`, async () => {
      const { status, out } = await command(["validate", "-f", "-"], text);
      assert.equal(status, 1, out);
      assert.match(out, message);
    });
  }

  it("goes on after a bad document, and says file, document and field of each problem", async () => {
    await withFiles({ "a.yaml": `${good}---\ntype: [\n---\n${policy("{to: 1}", "other")}`, "b.yml": good.replace("check", "third"), "c.txt": "no" }, async (folder) => {
      const { status, out } = await command(["validate", "-f", folder, "-o", "json"]);
      assert.equal(status, 1);
      const report = JSON.parse(out) as Report;
      assert.equal(report.valid, false);
      assert.deepEqual(report.resources.map(({ name }) => name), ["check", "third"]);
      const file = path.join(folder, "a.yaml");
      const places = report.violations.map(({ origin, name, path }) => [origin, name, path]);
      assert.deepEqual(places, [
        [`${file}, document 2 (line 5)`, undefined, ""],
        [`${file}, document 3 (line 7)`, "other", "spec.to"],
      ]);
    });
  });

  it("takes -f more than once", async () => {
    await withFiles({ "a.yaml": good, "b.yaml": good.replace("check", "other") }, async (folder) => {
      const { status, out } = await command(["validate", "-f", path.join(folder, "a.yaml"), "-f", path.join(folder, "b.yaml")]);
      assert.equal(status, 0);
      assert.match(out, /^2 valid resources/);
    });
  });

  it("tells an unknown field with the nearest known one, and fails on it with --strict", async () => {
    const text = good.replace("noTrafficInterval", "noTraficInterval");
    const lenient = await command(["validate", "-f", "-"], text);
    assert.equal(lenient.status, 0);
    assert.match(lenient.out, /notice .*spec\.to\[0\]\.default\.noTraficInterval: .*noTrafficInterval/);
    assert.equal((await command(["validate", "-f", "-", "--strict"], text)).status, 1);
    assert.equal((await command(["validate", "-f", "-", "--strict"], good)).status, 0);
  });

  it("looks at the resources together once there are Dataplanes", async () => {
    const aimless = policy("{targetRef: {kind: MeshService, name: nobody}, to: [{targetRef: {kind: Mesh}, default: {tcp: {}, noTrafficInterval: 1s}}]}");
    assert.match((await command(["validate", "-f", "-"], aimless)).out, / 0 notices/);
    const inhabited = `${aimless}---\ntype: Dataplane\nname: web-1\nnetworking: {address: 127.0.0.2}\n`;
    const { status, out } = await command(["validate", "-f", "-"], inhabited);
    assert.equal(status, 0);
    assert.match(out, /notice .*MeshHealthCheck default\/check: spec\.targetRef/);
  });

  it("names a file that cannot be read", async () => {
    const { status, out } = await command(["validate", "-f", "/nonexistent/x.yaml"]);
    assert.equal(status, 1);
    assert.match(out, /\/nonexistent\/x\.yaml: cannot be read: ENOENT/);
  });
});
