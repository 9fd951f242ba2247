import assert from "node:assert/strict";
import path from "node:path";
import { parse } from "yaml";
import { typeUrls } from "../../../src/core/snapshot/snapshot.ts";
import { command, withFiles } from "./command.ts";
import { dig } from "./dig.ts";
import { documentedExamples, exampleFile } from "./documented-examples.ts";

const httpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

describe("probeplane render", () => {
  for (const example of documentedExamples) {
    for (const form of ["universal", "kubernetes"] as const) {
      it(`gives the documented ${example.title} example, in ${form} form, the check that it means`, async () => {
        const result = await command(["render", "-f", "-", "--dataplane", `${example.caller}-1`, "-o", "json"], exampleFile(example, form));
        assert.equal(result.status, 0, result.err);
        const xds = dig(JSON.parse(result.out), "xds");
        const cluster = dig(xds, typeUrls.cluster, example.callee);
        assert.equal(dig(cluster, "type"), "EDS");
        assert.deepEqual(dig(cluster, "healthChecks"), [example.healthCheck]);
        assert.equal(dig(cluster, "ignoreHealthOnHostRemoval"), true);
        assert.deepEqual(dig(cluster, "typedExtensionProtocolOptions", httpOptions, "explicitHttpConfig"), { http2ProtocolOptions: {} });
        const endpoint = dig(xds, typeUrls.endpoints, example.callee, "endpoints", 0, "lbEndpoints", 0, "endpoint");
        assert.deepEqual(dig(endpoint, "address", "socketAddress"), { address: "127.0.0.3", portValue: 9000 });
      });
    }
  }

  const [example] = documentedExamples;
  assert.ok(example !== undefined);
  const file = exampleFile(example, "universal");
  const render = (...args: string[]) => command(["render", "-f", "-", "--dataplane", "web-1", ...args], file);

  it("prints YAML that means the same as JSON", async () => {
    assert.deepEqual(parse((await render()).out), JSON.parse((await render("-o", "json")).out));
  });

  it("prints one type on request", async () => {
    for (const [type, url] of [["cds", typeUrls.cluster], ["eds", typeUrls.endpoints], ["lds", typeUrls.listener], ["rds", typeUrls.route]] as const) {
      const xds = dig(parse((await render("--type", type)).out), "xds") as Record<string, object>;
      assert.deepEqual(Object.keys(xds), [url]);
      assert.ok(Object.keys(xds[url] ?? {}).length > 0, type);
    }
  });

  it("prints the plan, with the policy that decided each field", async () => {
    const plan: unknown = parse((await render("--plan")).out);
    const destination = dig(plan, "destinations", 0);
    assert.equal(dig(destination, "healthCheck", "intervalMs"), 10_000);
    assert.deepEqual(dig(destination, "decidedBy", "MeshHealthCheck", "http.path"), { policy: "web-to-backend-check", item: "to[0]" });
    assert.equal(dig(plan, "outbounds", 0, "destination"), "backend");
  });

  it("names a MeshService's cluster by its KRI, with the labels that a store would add", async () => {
    const service = { selector: { dataplaneTags: { "kuma.io/service": "backend" } }, ports: [{ port: 80, targetPort: 9000, appProtocol: "http" }] };
    const documents = [
      { type: "MeshService", mesh: "demo", name: "backend", spec: service },
      { type: "Dataplane", mesh: "demo", name: "web-1", networking: { address: "127.0.0.2", outbound: [{ port: 1, backendRef: { kind: "MeshService", name: "backend", port: 80 } }] } },
      { type: "MeshHealthCheck", mesh: "demo", name: "c", spec: { targetRef: { kind: "Dataplane", labels: { "kuma.io/display-name": "web-1" } }, to: [{ targetRef: { kind: "Mesh" }, default: { http: {} } }] } },
    ];
    const input = documents.map((document) => JSON.stringify(document)).join("\n---\n");
    const { status, out, err } = await command(["render", "-f", "-", "--mesh", "demo", "--dataplane", "web-1", "--type", "cds"], input);
    assert.equal(status, 0, err);
    const cluster = dig(parse(out), "xds", typeUrls.cluster, "kri_msvc_demo_default__backend_80");
    assert.equal(dig(cluster, "healthChecks", 0, "httpHealthCheck", "path"), "/");
  });

  it("reads TCP payloads as Kuma does, when told to", async () => {
    const tcp = file.replace("kuma.io/protocol: http", "kuma.io/protocol: tcp").replaceAll("kuma.io/protocol: http", "kuma.io/protocol: tcp");
    const text = tcp.replace(/http:\n\s+path: \/health\n\s+expectedStatuses:\n\s+- 200\n\s+- 201/, "tcp:\n          send: ping\\n");
    const args = ["render", "-f", "-", "--dataplane", "web-1", "--type", "cds"];
    assert.equal((await command(args, text)).status, 1);
    const { out, err } = await command([...args, "--compatibility-tcp-payload", "text"], text);
    assert.match(out, /text: 70696e675c6e/, err);
  });

  it("ends with status 1 and every violation when a document is not valid", async () => {
    const wrong = `${file}---\ntype: MeshHealthCheck\nname: wrong\nspec: {to: [{targetRef: {kind: Mesh}, default: {interval: 0s, timeout: 5}}]}\n`;
    const { status, out, err } = await command(["render", "-f", "-", "--dataplane", "web-1"], wrong);
    assert.equal(status, 1);
    assert.equal(out, "");
    for (const field of ["interval", "timeout", "default: must have at least one"]) assert.match(err, new RegExp(`document 4 .*MeshHealthCheck default/wrong: .*${field}`));
  });

  it("names the Dataplanes there are when it does not know the one asked for", async () => {
    const { status, err } = await command(["render", "-f", "-", "--dataplane", "wbe-1"], file);
    assert.equal(status, 1);
    assert.equal(err, 'no Dataplane "wbe-1" in mesh "default"; there are: backend-1 (mesh default), web-1 (mesh default)\n');
  });

  it("names both places of two Dataplanes of one name", async () => {
    await withFiles({ "a.yaml": file, "b.yaml": "type: Dataplane\nname: web-1\nnetworking: {address: 127.0.0.9}\n" }, async (folder) => {
      const { status, err } = await command(["render", "-f", folder, "--dataplane", "web-1"]);
      assert.equal(status, 1);
      assert.equal(err.split("\n").length, 2);
      assert.ok(err.startsWith(`${path.join(folder, "b.yaml")}, document 1 (line 1): Dataplane default/web-1: is defined twice: first in ${path.join(folder, "a.yaml")}, document 2 `), err);
    });
  });

  it("refuses an unknown option with the nearest known name", async () => {
    const { status, err } = await command(["render", "-f", "-", "--datapalne", "web-1"], file);
    assert.equal(status, 64);
    assert.match(err, /unknown option '--datapalne'\n\(Did you mean --dataplane\?\)/);
  });
});
