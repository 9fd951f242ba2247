import assert from "node:assert/strict";
import { command, withFiles } from "./command.ts";

const rule = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: web}\nspec: {host: web, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}}\n";

describe("probeplane convert", () => {
  it("reads folders, for the mesh and the namespaces that it is told", async () => {
    await withFiles({ "a.yaml": rule, "b.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "web" } }) }, async (folder) => {
      const { status, out, err } = await command(["convert", "-f", folder, "--mesh", "blue", "-n", "shop", "-o", "json"]);
      assert.deepEqual([status, err], [0, "passed over: 1 Service\n"]);
      const [policy] = (JSON.parse(out) as { items: { kind: string; metadata: object }[] }).items;
      assert.deepEqual([policy?.kind, policy?.metadata], ["MeshCircuitBreaker", { name: "web", namespace: "shop", labels: { "kuma.io/mesh": "blue" } }]);
      const elsewhere = await command(["convert", "-f", folder, "-n", "root", "--root-namespace", "root", "--system-namespace", "kuma-system"]);
      assert.match(elsewhere.out, /namespace: kuma-system/);
    });
  });

  it("says all that is wrong of all documents, and prints nothing", async () => {
    const wrong = rule.replace("host: web", "host: [web]").replace("consecutive5xxErrors: 3", "consecutive5xxErrors: three");
    const { status, out, err } = await command(["convert", "-f", "-", "-f", "missing.yaml"], `${wrong}---\n{a: [\n---\n${rule}---\n${rule.replace("name: web", "labels: {}")}`);
    assert.deepEqual([status, out], [1, ""]);
    for (const line of [/document 1 .*DestinationRule default\/web: spec\.host: must be of type string/, /spec\.trafficPolicy\.outlierDetection\.consecutive5xxErrors: must be of type/, /document 2 \(line 6\)/, /document 4 .*metadata\.name: in body is required/, /missing\.yaml: cannot be read/]) {
      assert.match(err, line);
    }
    assert.doesNotMatch(err, /document 3/);
  });

  it("is told what it needs", async () => {
    assert.equal((await command(["convert"])).status, 64);
    assert.equal((await command(["convert", "-f", "-", "-o", "xml"], rule)).status, 64);
  });

  it("writes nothing that breaks out of a comment", async () => {
    const { out } = await command(["convert", "-f", "-"], `${rule}  # x\n---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [a], http: [{retries: {attempts: 1, retryOn: "reset,x\\nkind: Evil"}}]}\n`);
    assert.doesNotMatch(out, /^kind: Evil/m);
    assert.match(out, /^# .*kind: Evil/m);
  });

  it("has nothing to say to nothing", async () => {
    assert.deepEqual(await command(["convert", "-f", "-"], ""), { status: 0, out: "", err: "" });
  });
});
