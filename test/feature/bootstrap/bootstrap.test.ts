import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { tokenSecret } from "../../../src/core/bootstrap/credential.ts";
import type { Dataplane } from "../../../src/core/model/dataplane.ts";
import { createBootstrapHandler } from "../../../src/edge/bootstrap/bootstrap-handler.ts";
import type { BootstrapContext } from "../../../src/edge/bootstrap/context.ts";
import { readDocuments } from "../../../src/edge/source/read-documents.ts";
import { envoyFor } from "../../kit/envoy-binary.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { selfSigned } from "../../kit/self-signed.ts";
import { silentLog } from "../../kit/silent-log.ts";
import { smallWorld } from "../../kit/small-world.ts";
import { dig } from "../cli/dig.ts";

/** What kuma-dp 2.14 sends for `kuma-dp run --name web --mesh default --dataplane-token-file …`. */
const kumaDp = {
  mesh: "default", name: "web", proxyType: "dataplane", dataplaneToken: "good", dataplaneTokenPath: "/etc/kuma/token", caCert: "",
  version: {
    kumaDp: { version: "2.14.0", gitTag: "2.14.0", gitCommit: "348b6528", buildDate: "2026-08-21T08:07:11Z" },
    envoy: { version: "1.40.0", build: "9e55/1.40.0/Clean/RELEASE/BoringSSL", kumaDpCompatible: true },
  },
  dynamicMetadata: null, dnsPort: 15053, readinessPort: 9902, appProbeProxyDisabled: false, operatingSystem: "linux",
  features: ["feature-tcp-accesslog-via-named-pipe", "feature-delta-grpc", "feature-reuse-port"], resources: { maxHeapSizeBytes: 0 },
  workdir: "/var/lib/kuma-dp", metricsResources: { certPath: "", keyPath: "" }, systemCaPath: "/etc/ssl/certs/ca-certificates.crt",
  ipv6Enabled: true, spireResources: { socketPath: "" },
};
const brought = "type: Dataplane\nmesh: default\nname: new-1\nnetworking:\n  address: 10.0.0.9\n  inbound: [{ port: 80, tags: { kuma.io/service: new } }]\n";

describe("POST /bootstrap", () => {
  let server: Server;
  let context: BootstrapContext;
  let ca: string;
  let leaf: string;

  before(async () => {
    ca = (await selfSigned({ ca: true })).certPem;
    leaf = (await selfSigned({ ca: false })).certPem;
  });
  beforeEach(async () => {
    const stored = smallWorld();
    context = {
      findDataplane: ({ mesh, name }) => Promise.resolve(stored.find((each) => each.kind === "Dataplane" && each.mesh === mesh && each.name === name) as Dataplane | undefined),
      hasMesh: (mesh) => Promise.resolve(mesh === "default"),
      readDocuments,
      authorize: ({ token }) => Promise.resolve(token === "good" ? undefined : token === "later" ? "not checkable" : "not valid"),
      tls: () => ({ caPem: ca, names: ["localhost", "127.0.0.1", "*.example"] }),
      port: () => 5678,
      reloadableTokens: false,
      logger: silentLog,
    };
    server = createServer((request, response) => createBootstrapHandler(context)(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function ask(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; type: string | null; text: string }> {
    const { port } = server.address() as AddressInfo;
    const reply = await fetch(`http://127.0.0.1:${port}/bootstrap`, {
      method: "POST", headers: { "content-type": "application/json", connection: "close", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: reply.status, type: reply.headers.get("content-type"), text: await reply.text() };
  }

  it("gives kuma-dp what it expects", async () => {
    const { status, type, text } = await ask(kumaDp, { accept: "application/json" });
    assert.equal(status, 200, text);
    assert.equal(type, "application/json");
    const reply: unknown = JSON.parse(text);
    assert.deepEqual(dig(reply, "kumaSidecarConfiguration"), { networking: { address: "10.0.0.1", corefileTemplate: null }, metrics: { aggregate: [] } });
    const config: unknown = parse(Buffer.from(String(dig(reply, "bootstrap")), "base64").toString());
    assert.deepEqual(dig(config, "node", "id"), "default.web");
    assert.equal(dig(config, "node", "cluster"), "web");
    assert.equal(dig(config, "node", "metadata", "dataplane.readinessReporter.port"), "9902");
    assert.deepEqual(dig(config, "node", "metadata", "features"), kumaDp.features);
    assert.equal(dig(config, "dynamic_resources", "ads_config", "api_type"), "DELTA_GRPC");
    const service = dig(config, "dynamic_resources", "ads_config", "grpc_services", 0);
    assert.deepEqual(dig(service, "initial_metadata"), [{ key: "authorization", value: "good" }]);
    const { port } = server.address() as AddressInfo;
    const endpoint = dig(config, "static_resources", "clusters", 0, "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address", "socket_address");
    assert.deepEqual(endpoint, { address: "127.0.0.1", port_value: port });
    assert.equal(dig(config, "static_resources", "secrets", 0, "validation_context", "trusted_ca", "inline_string"), ca);
  });

  it("gives plain YAML to who does not ask for JSON, and keeps it out of caches", async () => {
    const { type, text } = await ask(kumaDp);
    assert.equal(type, "text/x-yaml");
    assert.equal(dig(parse(text), "node", "id"), "default.web");
  });

  it("is a bootstrap that Envoy takes, however the token comes", async function () {
    const envoy = await envoyFor(this);
    const folder = await scratchFolder("bootstrap");
    await writeFile(path.join(folder, "token"), "good");
    await writeFile(path.join(folder, "t.json"), JSON.stringify(tokenSecret(path.join(folder, "token"))));
    const secretPath = path.join(folder, "t.json");
    const requests = [{}, { dataplaneToken: "" }, { dataplaneToken: "", dataplaneTokenSecretPath: secretPath }, { adminSocketPath: path.join(folder, "a.sock"), features: [] }];
    for (const [index, fields] of requests.entries()) {
      const { status, text } = await ask({ ...kumaDp, ...fields }, { authorization: "Bearer good" });
      assert.equal(status, 200, text);
      assert.equal(text.includes("value: good"), index === 0 || index === 3, text);
      const file = path.join(folder, `${index}.yaml`);
      await writeFile(file, text);
      await promisify(execFile)(envoy, ["--mode", "validate", "-c", file, "-l", "error"]);
    }
  });

  it("takes the Dataplane that comes with the proxy", async () => {
    const { status, text } = await ask({ ...kumaDp, name: "new-1", dataplaneResource: brought });
    assert.equal(status, 200, text);
    const config: unknown = parse(text);
    assert.equal(dig(config, "node", "metadata", "dataplane.resource"), brought);
    assert.equal(dig(config, "node", "cluster"), "new");
  });

  it("names the control plane as it was asked, or as the operator says", async () => {
    const address = async (headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
      dig(parse((await ask(kumaDp, headers)).text), "static_resources", "clusters", 0, "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address", "socket_address");
    assert.equal(dig(await address(), "address"), "127.0.0.1");
    context = { ...context, advertised: { host: "mesh.elsewhere", port: 443 } };
    assert.deepEqual(await address(), { address: "mesh.elsewhere", port_value: 443 });
  });

  const refused: readonly [title: string, body: unknown, status: number, text: RegExp][] = [
    ["no JSON", "{", 400, /^the body is not JSON/],
    ["no names", {}, 422, /^mesh: cannot be empty; name: cannot be empty$/],
    ["no token", { ...kumaDp, dataplaneToken: "" }, 422, /^Dataplane Token is required\. Generate token using /],
    ["a wrong token", { ...kumaDp, dataplaneToken: "bad" }, 401, /^the token is not valid$/],
    ["a token that cannot be checked now", { ...kumaDp, dataplaneToken: "later" }, 503, /^the token cannot be checked at present: the Kubernetes API server could not be asked$/],
    ["a wrong token, for a proxy that is not there", { ...kumaDp, name: "nobody", dataplaneToken: "bad" }, 401, /^the token is not valid$/],
    ["a wrong token, with a Dataplane that is none", { ...kumaDp, dataplaneResource: "type: Mesh", dataplaneToken: "bad" }, 401, /^the token is not valid$/],
    ["a Dataplane that is not there", { ...kumaDp, name: "nobody" }, 404, /^$/],
    ["a Dataplane with violations, all of them", { ...kumaDp, name: "new-1", dataplaneResource: brought.replace("10.0.0.9", "0.0.0.0").replace("80", "0") }, 422, /inbound\[0\]\.port.*; .*address|address.*; .*inbound\[0\]\.port/],
    ["a Dataplane of another name", { ...kumaDp, dataplaneResource: brought }, 422, /^name: is "new-1", and the proxy's is "web"$/],
    ["a Dataplane in no mesh", { ...kumaDp, mesh: "void", name: "new-1", dataplaneResource: brought.replace("default", "void") }, 422, /^mesh: mesh "void" does not exist$/],
    ["a body of 3 MB", { ...kumaDp, dataplaneResource: "x".repeat(3_000_000) }, 413, /larger than/],
  ];
  for (const [title, body, status, text] of refused) {
    it(`refuses ${title}`, async () => {
      const reply = await ask(body);
      assert.equal(reply.status, status, reply.text);
      assert.match(reply.text, text);
    });
  }

  it("refuses a CA that is none, and takes one that does not say", async () => {
    assert.match((await ask({ ...kumaDp, caCert: leaf })).text, /is not a certificate authority/);
    assert.match((await ask({ ...kumaDp, caCert: "nothing" })).text, /could not parse certificate/);
    const quiet = (await selfSigned()).certPem;
    const reply = await ask({ ...kumaDp, caCert: quiet });
    assert.equal(dig(parse(reply.text), "static_resources", "secrets", 0, "validation_context", "trusted_ca", "inline_string"), quiet);
  });

  it("refuses a host that the certificate does not name", async () => {
    context = { ...context, tls: () => ({ caPem: ca, names: ["cp.example", "10.0.0.1"] }) };
    const { status, text } = await ask(kumaDp);
    assert.equal(status, 400);
    assert.match(text, /using "127\.0\.0\.1" address, but the certificate in the control plane has the following SANs \["cp\.example" "10\.0\.0\.1"\]/);
  });

  it("answers nothing else", async () => {
    const { port } = server.address() as AddressInfo;
    const get = await fetch(`http://127.0.0.1:${port}/bootstrap`, { headers: { connection: "close" } });
    assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
    assert.equal((await fetch(`http://127.0.0.1:${port}/other`, { method: "POST", headers: { connection: "close" } })).status, 404);
  });
});
