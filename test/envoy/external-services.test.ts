import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Document } from "../kit/api-client.ts";
import { startGrpcApp } from "../kit/apps/grpc-app.ts";
import type { GrpcApp } from "../kit/apps/grpc-app.ts";
import { startHttpApp } from "../kit/apps/http-app.ts";
import type { HttpApp } from "../kit/apps/http-app.ts";
import { makeTestCa } from "../kit/certificates.ts";
import type { Certificate, TestCa } from "../kit/certificates.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import { scratchFolder } from "../kit/scratch-folder.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { quick } from "./mesh-fixture.ts";

/** Services that `web` calls, each with the port of its outbound. */
const services = ["shop", "payment", "impostor", "numbered", "known", "unknown"] as const;
type Service = (typeof services)[number];

interface RejectionStatus {
  readonly status?: { readonly rejections?: readonly { readonly proxy: { readonly name: string }; readonly message: string }[] };
}

describe("services outside the mesh, with TLS and certificates of their own", () => {
  let controlPlane: ControlPlaneProcess;
  let ca: TestCa;
  let web: Certificate;
  let shop: HttpApp;
  let payment: GrpcApp;
  let impostor: HttpApp;
  let numbered: HttpApp;
  let callers: readonly RunningEnvoy[] = [];
  const outbounds: Record<string, number> = {};

  before(async function () {
    const binary = await envoyFor(this);
    [controlPlane, ca] = await Promise.all([ControlPlaneProcess.start(), makeTestCa("the right CA")]);
    const wrong = await makeTestCa("another CA");
    web = await ca.issue("web");
    shop = await startHttpApp("shop", { ...(await ca.issue("localhost")), clientCa: ca.cert });
    payment = await startGrpcApp("payment", await ca.issue("localhost"));
    impostor = await startHttpApp("impostor", await wrong.issue("localhost"));
    numbered = await startHttpApp("numbered");
    const ports = await freePorts(2 * services.length);
    await controlPlane.api.put({ type: "Mesh", name: "default" });
    for (const document of documents()) await controlPlane.api.put(document);
    const systemCaPath = path.join(await scratchFolder("ca"), "ca.crt");
    await writeFile(systemCaPath, ca.cert);
    callers = await Promise.all((["sotw", "delta"] as const).map(async (variant, i) => {
      const name = `web-${variant}`;
      services.forEach((service, j) => { outbounds[`${name} ${service}`] = ports[i * services.length + j] ?? 0; });
      await controlPlane.api.put(dataplane(name));
      return await spawnProxy({ binary, dataplane: name, controlPlane, variant, systemCaPath });
    }));
    for (const { name, admin } of callers) {
      await waitUntil(`${name} serves its outbounds`, async () => await admin.stat("listener_manager.total_listeners_active") === services.length);
    }
  });

  after(async () => {
    await Promise.all([...callers, shop, payment, impostor, numbered].map((one) => one.close()));
    await controlPlane.close();
  });

  function dataplane(name: string): Document {
    const outbound = services.map((service) => ({ port: outbounds[`${name} ${service}`] ?? 0, backendRef: { kind: "MeshExternalService", name: service } }));
    const gateway = { type: "DELEGATED", tags: { "kuma.io/service": "web" } };
    return { type: "Dataplane", mesh: "default", name, networking: { address: "127.0.0.1", gateway, outbound } };
  }

  function documents(): readonly Document[] {
    const external = (name: Service, protocol: string, endpoint: { readonly address: string; readonly port: number }, tls?: object): Document => {
      const spec = { match: { port: 443, protocol }, endpoints: [endpoint], ...(tls !== undefined && { tls: { enabled: true, ...tls } }) };
      return { type: "MeshExternalService", mesh: "default", name, spec };
    };
    const trusting = { caCert: { inlineString: ca.cert } };
    const clientCert = { inlineString: web.cert };
    const clientKey = { inline: Buffer.from(web.key).toString("base64") };
    const check = (name: Service, conf: object) => ({ targetRef: { kind: "MeshExternalService", name }, default: { ...quick, ...conf } });
    return [
      external("shop", "http", { address: "localhost", port: shop.port }, { version: { min: "TLS13" }, verification: { ...trusting, clientCert, clientKey } }),
      external("payment", "grpc", { address: "localhost", port: payment.port }, {}),
      external("impostor", "http", { address: "127.0.0.1", port: impostor.port }, { verification: { ...trusting, serverName: "localhost" } }),
      external("numbered", "http", { address: "127.0.0.1", port: numbered.port }),
      external("known", "tcp", { address: "localhost", port: payment.port }, { verification: trusting }),
      external("unknown", "tcp", { address: "localhost", port: impostor.port }, { verification: trusting }),
      {
        type: "MeshHealthCheck",
        mesh: "default",
        name: "outside",
        spec: {
          targetRef: { kind: "MeshService", name: "web" },
          to: [
            check("shop", { http: { path: "/health" } }),
            check("payment", { grpc: { serviceName: "payments.v1" } }),
            check("impostor", { http: {}, healthyPanicThreshold: 0 }),
            check("numbered", { http: {} }),
            check("known", { tcp: {} }),
            check("unknown", { tcp: {} }),
          ],
        },
      },
    ];
  }

  async function untilAll(service: Service, port: number, healthy: boolean): Promise<void> {
    for (const { name, admin } of callers) {
      await waitUntil(`${name} finds ${service} ${healthy ? "healthy" : "unhealthy"}`, async () => {
        return (await admin.verdict(`kri_extsvc_default_default__${service}_443`, `127.0.0.1:${port}`))?.healthy === healthy;
      });
    }
  }

  async function outAndIn(service: Service, port: number, breakIt: () => void | Promise<void>, mend: () => void | Promise<void>): Promise<void> {
    await untilAll(service, port, true);
    await breakIt();
    await untilAll(service, port, false);
    await mend();
    await untilAll(service, port, true);
  }

  it("are out when an https server answers 503 or is closed, and in again", async () => {
    await outAndIn("shop", shop.port, () => { shop.behaviour = 503; }, () => { shop.behaviour = 200; });
    await outAndIn("shop", shop.port, () => shop.closePort(), () => shop.openPort());
  });

  it("are out when a grpc server behind TLS says NOT_SERVING or is closed, and in again", async () => {
    await outAndIn("payment", payment.port, () => { payment.behaviour = "NOT_SERVING"; }, () => { payment.behaviour = "SERVING"; });
    await outAndIn("payment", payment.port, () => payment.closePort(), () => payment.openPort());
    assert.deepEqual([...new Set(payment.seen.map(({ service, authority }) => `${service} at ${authority}`))], ["payments.v1 at localhost"]);
  });

  it("are out when their certificate is another CA's, and nothing is sent to them", async () => {
    await untilAll("impostor", impostor.port, false);
    for (const { name } of callers) assert.equal((await httpGet(outbounds[`${name} impostor`] ?? 0)).status, 503);
    assert.deepEqual(impostor.seen, []);
  });

  it("are in where a TCP check gets through the handshake, and out where it does not", async () => {
    await untilAll("known", payment.port, true);
    await untilAll("unknown", impostor.port, false);
  });

  it("are checked under their own name, with the proxy's certificate, and are not told its tags", () => {
    const checks = shop.seen.filter(({ isCheck }) => isCheck);
    assert.ok(checks.length > 0);
    for (const { method, path: asked, httpVersion, headers, clientName, serverName } of checks) {
      assert.deepEqual([method, asked, httpVersion, headers.host], ["GET", "/health", "1.1", "localhost"]);
      assert.deepEqual([clientName, serverName], ["web", "localhost"]);
      assert.equal(headers["x-kuma-tags"], undefined);
    }
    const byAddress = numbered.seen.filter(({ isCheck }) => isCheck).map(({ headers }) => headers.host);
    assert.deepEqual([...new Set(byAddress)], ["127.0.0.1"]);
  });

  it("are reached in plain text through an outbound, under their own name where they have one", async () => {
    await untilAll("shop", shop.port, true);
    for (const { name } of callers) {
      const from = shop.seen.length;
      const { status, headers } = await httpGet(outbounds[`${name} shop`] ?? 0, "/buy");
      assert.deepEqual([status, headers["x-app"]], [200, "shop"]);
      const request = shop.seen.slice(from).find(({ isCheck }) => !isCheck);
      assert.deepEqual([request?.path, request?.headers.host, request?.clientName], ["/buy", "localhost", "web"]);
      const toAddress = outbounds[`${name} numbered`] ?? 0;
      assert.equal((await httpGet(toAddress)).status, 200);
      assert.equal(numbered.seen.findLast(({ isCheck }) => !isCheck)?.headers.host, `127.0.0.1:${toAddress}`);
    }
  });

  it("are refused by a proxy whose machine has no CAs where it says, which the service is told, and the rest works", async function () {
    const name = "web-bare";
    const ports = await freePorts(services.length);
    services.forEach((service, i) => { outbounds[`${name} ${service}`] = ports[i] ?? 0; });
    await controlPlane.api.put(dataplane(name));
    const bare = await spawnProxy({ binary: await envoyFor(this), dataplane: name, controlPlane, variant: "delta", systemCaPath: "/nowhere/ca.crt" });
    try {
      const rejection = await waitUntil("the service is told", async () => {
        const { body } = await controlPlane.api.get({ type: "MeshExternalService", mesh: "default", name: "payment" });
        return (body as RejectionStatus).status?.rejections?.find(({ proxy }) => proxy.name === name);
      });
      assert.match(rejection.message, /\/nowhere\/ca\.crt/);
      await waitUntil("it reaches the shop", async () => (await httpGet(outbounds[`${name} shop`] ?? 0)).status === 200);
    } finally {
      await bare.close();
    }
  });

  it("make nobody else refuse anything", async () => {
    for (const { admin } of callers) {
      const rejected = [...(await admin.stats("update_rejected$")).values()];
      assert.ok(rejected.length > 0);
      assert.equal(rejected.reduce((sum, count) => sum + count, 0), 0);
    }
  });
});
