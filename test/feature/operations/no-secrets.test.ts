import assert from "node:assert/strict";
import { request } from "node:https";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { makeTestCa } from "../../kit/certificates.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";

interface Told {
  readonly status: number;
  readonly text: string;
}

const dataplane = { type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "127.0.0.1", inbound: [{ port: 8080, tags: { "kuma.io/service": "web" } }], outbound: [{ port: 9000, backendRef: { kind: "MeshExternalService", name: "shop", port: 443 } }] } };

/** Everything that must not be read where it was not asked for, by name. */
class Secrets {
  readonly #known = new Map<string, string>();

  add(name: string, secret: string): string {
    assert.ok(secret.length > 8, `${name} is too short to be looked for`);
    this.#known.set(name, secret);
    return secret;
  }

  /** Names of the secrets that a text has, whole or in a part that would do. */
  foundIn(text: string): readonly string[] {
    const parts = (secret: string): readonly string[] => [secret, ...(/^ey.*\..*\./.test(secret) ? [secret.split(".")[2] ?? secret] : secret.split("\n").filter((line) => line.length > 40 && !line.startsWith("-----")))];
    return [...this.#known].filter(([, secret]) => parts(secret).some((part) => text.includes(part))).map(([name]) => name);
  }
}

describe("secrets", () => {
  let controlPlane: WholeControlPlane;
  let secrets: Secrets;
  beforeEach(async () => {
    controlPlane = await startWholeControlPlane(["--postgres-url", "postgres://mia:s3cr3t-p4ssw0rd@localhost/db?sslpassword=an0ther-s3cret"]);
    secrets = new Secrets();
    secrets.add("password of the database", "s3cr3t-p4ssw0rd");
    secrets.add("password of the database's key", "an0ther-s3cret");
  });
  afterEach(() => controlPlane.stop());

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Told> {
    const json = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await fetch(`${controlPlane.api}${path}`, { method, headers: { "content-type": "application/json", ...headers }, ...json });
    return { status: answer.status, text: await answer.text() };
  }

  it("are in no log line at any level, no metric, no /config, no error and nothing that a proxy is said to get", async () => {
    const told: string[] = [];
    const say = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<number> => {
      const { status, text } = await ask(method, path, body, headers);
      told.push(text);
      return status;
    };
    const user = secrets.add("user token", (await ask("POST", "/tokens/user", { name: "mia", groups: ["team"] })).text);
    const ofProxy = secrets.add("data plane token", (await ask("POST", "/tokens/dataplane", { mesh: "default", name: "web-1" })).text);
    const stored = (await ask("GET", "/global-secrets/admin-user-token")).text;
    secrets.add("admin token", Buffer.from((JSON.parse(stored) as { data: string }).data, "base64").toString());
    const key = (await ask("GET", "/meshes/default/secrets/dataplane-token-signing-key-default-1")).text;
    secrets.add("signing key", (JSON.parse(key) as { data: string }).data);
    const secret = secrets.add("a secret of the mesh", Buffer.from("hunter2-hunter2-hunter2").toString("base64"));
    assert.equal(await say("PUT", "/meshes/default/secrets/mine", { type: "Secret", mesh: "default", name: "mine", data: secret }), 201);
    assert.equal(await say("PUT", "/meshes/default/secrets/mine", { type: "Secret", mesh: "default", name: "mine", data: `${secret}!` }), 400);
    assert.equal(await say("PUT", "/meshes/default/secrets/mine", `{"data": "${secret}"`), 400);
    const client = await (await makeTestCa("clients")).issue("client.example");
    secrets.add("client key", client.key);
    const renewed = await (await makeTestCa("clients")).issue("client.example");
    secrets.add("renewed client key", renewed.key);
    const shop = { type: "MeshExternalService", mesh: "default", name: "shop", spec: { match: { port: 443, protocol: "http" }, endpoints: [{ address: "shop.example", port: 443 }], tls: { enabled: true, verification: { clientCert: { inlineString: client.cert }, clientKey: { inlineString: client.key } } } } };
    assert.equal(await say("PUT", "/meshes/default/meshexternalservices/shop", shop), 201);
    assert.equal(await say("PUT", "/meshes/default/dataplanes/web-1", dataplane), 201);
    assert.equal(await say("PUT", "/meshes/default", { type: "Mesh", name: "default", mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] } }), 200);
    assert.equal(await say("POST", "/meshes/default/mtls/rotation"), 200);
    const authority = JSON.parse((await ask("GET", "/meshes/default/secrets/identity-authority-default")).text) as { data: string };
    const { generations } = JSON.parse(Buffer.from(authority.data, "base64").toString()) as { generations: readonly { privateKey: string }[] };
    assert.equal(generations.length, 2);
    generations.forEach(({ privateKey }, i) => secrets.add(`key of CA ${i + 1}`, privateKey));
    const conf = { cert: { inlineString: client.cert }, key: { inlineString: renewed.key } };
    assert.equal(await say("PUT", "/meshes/own", { type: "Mesh", name: "own", mtls: { enabledBackend: "own", backends: [{ name: "own", type: "provided", conf }] } }), 400);
    assert.match(told.at(-1) ?? "", /private key does not match public key/);
    assert.equal(await say("GET", "/meshes/default/dataplanes/web-1/_config?include=diff"), 200);
    assert.match(told.at(-1) ?? "", /\(not shown\)/);
    const other = { ...shop, spec: { ...shop.spec, tls: { enabled: true, verification: { clientCert: { inlineString: renewed.cert }, clientKey: { inlineString: renewed.key } } } } };
    assert.equal(await say("POST", "/_preview", { resources: [other] }), 200);
    const bad = { ...shop, spec: { ...shop.spec, tls: { enabled: true, verification: { clientCert: { inlineString: client.cert }, clientKey: { inlineString: client.key.replace("-----BEGIN", "----BEGIN") } } } } };
    assert.equal(await say("PUT", "/meshes/default/meshexternalservices/shop", bad), 400);
    const broken = `${user.slice(0, -3)}AAA`;
    for (const authorization of [`Bearer ${broken}`, `Bearer ${ofProxy}`, broken]) assert.equal(await say("GET", "/meshes", undefined, { authorization }), 401);
    assert.equal(await say("GET", "/meshes/default/secrets/mine", undefined, { authorization: `Bearer ${user}` }), 403);
    assert.equal(await say("GET", "/config"), 200);
    assert.match(told.at(-1) ?? "", /mia:\*{5}@localhost/);
    assert.equal(await say("GET", "/meshes/default/dataplanes/web-1/_overview"), 200);
    told.push(await bootstrap(controlPlane.xdsPort, { mesh: "default", name: "web-1", dataplaneToken: `${ofProxy}x` }));
    for (const authorization of [ofProxy, `${ofProxy}x`, user]) told.push(await stream(controlPlane.xdsPort, authorization));
    told.push(await (await fetch(`${controlPlane.diagnostics}/metrics`)).text());
    for (const text of told) assert.deepEqual(secrets.foundIn(text), [], text.slice(0, 2000));
    assert.ok(controlPlane.log.length > 10, "too little was logged to prove anything");
    for (const line of controlPlane.log) assert.deepEqual(secrets.foundIn(line), [], line);
  });
});

/** What is answered to an agent that asks for a bootstrap. */
function bootstrap(port: number, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/bootstrap", method: "POST", headers: { "content-type": "application/json" }, rejectUnauthorized: false };
    const asked = request(options, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}

/** How a stream that shows a token and sends what is no request ends. */
async function stream(port: number, authorization: string): Promise<string> {
  const { createSsl } = credentials;
  const client = new Client(`127.0.0.1:${port}`, createSsl(null, null, null, { rejectUnauthorized: false }), { "grpc.ssl_target_name_override": "localhost" });
  const metadata = new Metadata();
  metadata.set("authorization", authorization);
  const raw = (bytes: Buffer): Buffer => bytes;
  const call = client.makeBidiStreamRequest("/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources", raw, raw, metadata);
  call.on("error", () => undefined);
  call.on("data", () => undefined);
  call.write(Buffer.from("no request"));
  const ended = await new Promise<string>((resolve) => call.on("status", ({ code, details }) => resolve(`${code} ${details}`)));
  client.close();
  return ended;
}
