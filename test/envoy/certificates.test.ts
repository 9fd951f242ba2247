import "reflect-metadata";
import assert from "node:assert/strict";
import { createPrivateKey, webcrypto } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectKeyIdentifierExtension, X509Certificate, X509CertificateGenerator } from "@peculiar/x509";
import type { JsonObject } from "../../src/core/base/json.ts";
import { parseAuthority } from "../../src/core/identity/authority-secret.ts";
import type { AuthorityStatus } from "../../src/core/identity/authority-status.ts";
import { ecdsaSigning, importPrivate, importPublic, keyPem, newKeys, serialNumber } from "../../src/edge/access/certificate-keys.ts";
import { issueCertificate } from "../../src/edge/identity/issue-certificate.ts";
import { makeAuthority } from "../../src/edge/identity/make-authority.ts";
import { startHttpApp, type HttpApp } from "../kit/apps/http-app.ts";
import type { Document } from "../kit/api-client.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { joinMesh, type Member } from "../kit/mesh-member.ts";
import { freePort } from "../kit/ports.ts";
import { spawnEnvoy, type RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** Callers in both variants of xDS, and a backend behind TLS: a connection for each request, and for each check, so that every one shakes hands. */
describe("certificates of real Envoys, STRICT", () => {
  let binary: string;
  let controlPlane: ControlPlaneProcess;
  let backend: Member<HttpApp>;
  let callers: readonly Member<HttpApp>[];
  const ports = { sotw: 0, delta: 0 };

  before(async function () {
    binary = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start({ args: ["--mtls-announce-time", "1s"] });
    await controlPlane.api.put(meshWith("1h"));
    await controlPlane.api.put(checkOfBackend);
    const mesh = { binary, controlPlane };
    // As TCP, so that each request has a connection of its own between the proxies, too.
    backend = await joinMesh(mesh, await startHttpApp("backend-1"), { service: "backend", protocol: "tcp" });
    callers = await Promise.all((["sotw", "delta"] as const).map(async (variant) => {
      ports[variant] = await freePort();
      return await joinMesh(mesh, await startHttpApp(`web-${variant}`), { service: "web", protocol: "http", calls: { backend: ports[variant] }, variant, token: "inline" });
    }));
    for (const port of Object.values(ports)) await waitUntil("a request comes through", async () => (await httpGet(port)).status === 200);
  });

  after(async () => {
    await Promise.all([backend, ...callers].flatMap(({ envoy, app }) => [envoy.close(), app.close()]));
    await controlPlane.close();
  });

  it("are renewed, and their CA replaced twice, without a request or a check that fails", async () => {
    let running = true;
    const failed: string[] = [];
    let sent = 0;
    const load = Object.values(ports).map(async (port) => {
      while (running) {
        const { status, error } = await httpGet(port);
        sent += 1;
        if (status !== 200) failed.push(error ?? String(status));
        await sleep(5);
      }
    });
    const first = await serials();
    await controlPlane.api.put(meshWith("2h"));
    const renewed = await untilOthers(first);
    await rotate();
    await rotate();
    await waitUntil("the third CA signs", async () => (await status()).authorities.map(({ state }) => state).join() === "retiring,retiring,signing");
    await controlPlane.api.put(meshWith("3h"));
    await untilOthers(renewed);
    const before = sent;
    await waitUntil("there was load with the new certificates", () => sent > before + 50);
    running = false;
    await Promise.all(load);
    assert.deepEqual(failed, []);
    assert.ok(sent > 100, `only ${sent} requests were sent`);
    for (const { envoy } of callers) {
      const stats = await envoy.admin.stats("^cluster\\.backend\\.(health_check\\.(success|failure)|ssl\\.(handshake|fail_verify_.*|connection_error))$");
      const failures = [...stats].filter(([name, count]) => !/success|handshake/.test(name) && count > 0);
      assert.deepEqual(failures, []);
      assert.ok((stats.get("cluster.backend.ssl.handshake") ?? 0) > 50);
      assert.ok((stats.get("cluster.backend.health_check.success") ?? 0) > 1);
    }
  });

  it("come from a CA of one's own, below a root, without a request that fails", async () => {
    const own = await intermediateAuthority();
    const failed: string[] = [];
    let running = true as boolean;
    const load = (async () => {
      while (running) {
        const { status: answer, error } = await httpGet(ports.sotw);
        if (answer !== 200) failed.push(error ?? String(answer));
        await sleep(5);
      }
    })();
    const provided = (expiration: string): Document => ({
      type: "Mesh", name: "default",
      mtls: { enabledBackend: "own", backends: [{ name: "own", type: "provided", dpCert: { rotation: { expiration } }, conf: { cert: { inlineString: own.certificates }, key: { inlineString: own.privateKey } } }] },
    });
    const before = await serials();
    await controlPlane.api.put(provided("3h"));
    await waitUntil("the provided CA signs", async () => (await status()).authorities.at(-1)?.state === "signing");
    await controlPlane.api.put(provided("4h"));
    await untilOthers(before);
    for (let i = 0; i < 20; i++) assert.equal((await httpGet(ports.delta)).status, 200);
    running = false;
    await load;
    assert.deepEqual(failed, []);
  });

  it("are refused when they are of another mesh", async () => {
    await controlPlane.api.put({ ...meshWith("1h"), name: "other" });
    await controlPlane.api.ask("GET", "/meshes/other/mtls");
    const [own, foreign] = await Promise.all([stranger("default", "spiffe://default/web"), stranger("other", "spiffe://default/web")]);
    try {
      await waitUntil("a caller with a certificate of the mesh is let in", async () => (await httpGet(own.port)).status === 200);
      const refused = await httpGet(foreign.port);
      assert.equal(refused.status, 503);
      assert.ok(await backend.envoy.admin.stat(`listener.${backend.endpoint.replace(":", "_")}.ssl.fail_verify_error`) > 0);
    } finally {
      await Promise.all([own.envoy.close(), foreign.envoy.close()]);
    }
  });

  it("show their keys nowhere", async () => {
    const paths = ["/meshes/default/dataplanes/backend-1/_config", "/meshes/default/dataplanes/backend-1/xds", "/meshes/default/mtls", "/config"];
    for (const path of paths) {
      const { body } = await controlPlane.api.ask("GET", path);
      assert.doesNotMatch(JSON.stringify(body), /PRIVATE KEY/, path);
    }
    const { configs } = JSON.parse(await backend.envoy.admin.text("/config_dump?resource=dynamic_active_secrets")) as { readonly configs: readonly { readonly secret: JsonObject }[] };
    const secrets = new Map(configs.map(({ secret }) => [secret["name"], secret]));
    assert.deepEqual((secrets.get("identity_cert:secret:default")?.["tls_certificate"] as JsonObject)["private_key"], { inline_string: "[redacted]" });
    assert.ok(secrets.has("mesh_ca:secret:default"));
  });

  async function rotate(): Promise<void> {
    const { status: answer, body } = await controlPlane.api.ask("POST", "/meshes/default/mtls/rotation");
    assert.equal(answer, 200, JSON.stringify(body));
  }

  async function status(): Promise<AuthorityStatus> {
    return (await controlPlane.api.ask("GET", "/meshes/default/mtls")).body as AuthorityStatus;
  }

  /** Serial numbers of the certificates that the Envoys use for the calls of the mesh. */
  async function serials(): Promise<readonly string[]> {
    return await Promise.all([backend, ...callers].map(async ({ envoy }) => {
      const { certificates } = JSON.parse(await envoy.admin.text("/certs")) as { readonly certificates: readonly { readonly cert_chain?: readonly { readonly serial_number: string }[] }[] };
      return certificates.flatMap(({ cert_chain: chain = [] }) => chain.map((each) => each.serial_number))[0] ?? "";
    }));
  }

  async function untilOthers(before: readonly string[]): Promise<readonly string[]> {
    return await waitUntil("each Envoy has another certificate", async () => {
      const now = await serials();
      return now.every((serial, i) => serial !== "" && serial !== before[i]) && now;
    });
  }

  /** An Envoy that this control plane does not know, with a certificate from a mesh's CA, in front of the backend's inbound. */
  async function stranger(mesh: string, name: string): Promise<{ readonly envoy: RunningEnvoy; readonly port: number }> {
    const { body } = await controlPlane.api.get({ type: "Secret", mesh, name: `identity-authority-${mesh}` });
    const authority = parseAuthority(Buffer.from((body as { readonly data: string }).data, "base64").toString("utf8"));
    const signer = authority?.generations.at(-1) ?? assert.fail(`the mesh ${mesh} has no CA`);
    const nowMs = Date.now();
    const { certificateChain, privateKey } = await issueCertificate(signer, { names: [name], notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 3_600_000 });
    const port = await freePort();
    const certificate = { certificate_chain: { inline_string: certificateChain }, private_key: { inline_string: privateKey } };
    return { port, envoy: await spawnEnvoy({ binary, name: `stranger of ${mesh}`, bootstrap: strangerBootstrap(port, Number(backend.endpoint.split(":")[1]), certificate) }) };
  }
});

/** A CA that another one has signed, with that one in its chain. */
async function intermediateAuthority(): Promise<{ readonly certificates: string; readonly privateKey: string }> {
  const root = await makeAuthority("corporate", 400 * 86_400_000, Date.now());
  const rootCertificate = new X509Certificate(root.certificates);
  const keys = newKeys();
  const publicKey = await importPublic(keys.publicKey);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(), subject: "CN=mesh default", issuer: rootCertificate.subject, notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 100 * 86_400_000),
    publicKey, signingKey: await importPrivate(createPrivateKey(root.privateKey)), signingAlgorithm: ecdsaSigning,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true), await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto)],
  }, webcrypto);
  return { certificates: `${certificate.toString("pem")}\n${root.certificates}`, privateKey: keyPem(keys.privateKey) };
}

function meshWith(expiration: string): Document {
  const backend = { name: "ca-1", type: "builtin", dpCert: { rotation: { expiration } } };
  return { type: "Mesh", name: "default", mtls: { enabledBackend: "ca-1", backends: [backend] } };
}

const checkOfBackend: Document = {
  type: "MeshHealthCheck", name: "web-to-backend", mesh: "default",
  spec: {
    targetRef: { kind: "MeshService", name: "web" },
    to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { interval: "200ms", timeout: "5s", unhealthyThreshold: 1, healthyThreshold: 1, noTrafficInterval: "200ms", reuseConnection: false, tcp: {} } }],
  },
};

function strangerBootstrap(port: number, backendPort: number, certificate: object): Readonly<Record<string, unknown>> {
  const at = (portValue: number): object => ({ socket_address: { address: "127.0.0.1", port_value: portValue } });
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "in",
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "backend" } }] }] },
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" } }],
  };
  const tls = {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    common_tls_context: { tls_certificates: [certificate], alpn_protocols: ["kuma"] },
  };
  return {
    static_resources: {
      listeners: [{ name: "in", address: at(port), filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }] }],
      clusters: [{
        name: "backend", type: "STATIC", connect_timeout: "5s",
        load_assignment: { cluster_name: "backend", endpoints: [{ lb_endpoints: [{ endpoint: { address: at(backendPort) } }] }] },
        transport_socket: { name: "envoy.transport_sockets.tls", typed_config: tls },
      }],
    },
  };
}
