import assert from "node:assert/strict";
import { ping, pong } from "../kit/apps/tcp-app.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import type { Member } from "../kit/mesh-member.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { checkAt, checkOf, quick, startMesh, untilVerdict } from "./mesh-fixture.ts";
import type { MeshFixture } from "./mesh-fixture.ts";

describe("real Envoys, one in state of the world and one in delta", () => {
  let mesh: MeshFixture;

  before(async function () {
    mesh = await startMesh(await envoyFor(this));
    const { api } = mesh.controlPlane;
    await api.put(checkOf("backend", {
      ...quick,
      http: { path: "/health?deep=1", expectedStatuses: [200, 201], requestHeadersToAdd: { add: [{ name: "x-probe", value: "one" }], set: [{ name: "x-kind", value: "active" }] } },
    }));
    await api.put(checkOf("cache", { ...quick, tcp: { send: Buffer.from(ping).toString("base64"), receive: [Buffer.from(pong).toString("base64")] } }));
    await api.put(checkOf("payment", { ...quick, grpc: { serviceName: "payments.v1", authority: "payment.mesh" } }));
    for (const caller of mesh.callers) {
      for (const service of ["backend", "cache", "payment"]) await waitUntil(`${caller.envoy.name} checks ${service}`, () => checkAt(caller, service));
    }
  });

  after(async () => {
    await mesh.close();
  });

  async function outAndIn(service: string, member: Member, breakIt: () => void | Promise<void>, mend: () => void | Promise<void>): Promise<void> {
    const both = (healthy: boolean): Promise<unknown> => Promise.all(mesh.callers.map((caller) => untilVerdict(caller, service, member.endpoint, healthy)));
    await both(true);
    await breakIt();
    await both(false);
    await mend();
    await both(true);
  }

  it("take an http app out when it answers 503, and in again", async () => {
    const { app } = mesh.backend;
    await outAndIn("backend", mesh.backend, () => { app.behaviour = 503; }, () => { app.behaviour = 200; });
  });

  it("keep an http app that answers with the second expected status", async () => {
    const { app } = mesh.backend;
    const from = app.seen.length;
    app.behaviour = 201;
    // More checks than the threshold asks for, by each of the two.
    await waitUntil("it was checked often enough", () => app.seen.length > from + 12);
    for (const caller of mesh.callers) assert.equal((await caller.envoy.admin.verdict("backend", mesh.backend.endpoint))?.healthy, true);
    app.behaviour = 200;
  });

  it("take an http app out when it hangs, and in again", async () => {
    const { app } = mesh.backend;
    await outAndIn("backend", mesh.backend, () => { app.behaviour = "hang"; }, () => { app.behaviour = 200; });
  });

  it("take an http app out when its port is closed, and in again", async () => {
    const { app } = mesh.backend;
    await outAndIn("backend", mesh.backend, () => app.closePort(), () => app.openPort());
  });

  it("take a tcp app out when it answers something else, is silent or is closed, and in again", async () => {
    const { app } = mesh.cache;
    await outAndIn("cache", mesh.cache, () => { app.behaviour = "wrong"; }, () => { app.behaviour = "pong"; });
    await outAndIn("cache", mesh.cache, () => { app.behaviour = "silent"; }, () => { app.behaviour = "pong"; });
    await outAndIn("cache", mesh.cache, () => app.closePort(), () => app.openPort());
  });

  it("take a grpc app out when it says NOT_SERVING, hangs or is closed, and in again", async () => {
    const { app } = mesh.payment;
    await outAndIn("payment", mesh.payment, () => { app.behaviour = "NOT_SERVING"; }, () => { app.behaviour = "SERVING"; });
    await outAndIn("payment", mesh.payment, () => { app.behaviour = "hang"; }, () => { app.behaviour = "SERVING"; });
    await outAndIn("payment", mesh.payment, () => app.closePort(), () => app.openPort());
  });

  it("send what the policy says: path, tags of the sender, headers, bytes, service and authority", () => {
    const checks = mesh.backend.app.seen.filter(({ isCheck }) => isCheck);
    assert.ok(checks.length > 0);
    for (const { method, path, headers } of checks) {
      assert.deepEqual([method, path, headers["x-kuma-tags"]], ["GET", "/health?deep=1", "&kuma.io/protocol=http&&kuma.io/service=web&"]);
      assert.deepEqual([headers["x-probe"], headers["x-kind"], headers.host], ["one", "active", "backend"]);
    }
    assert.deepEqual([...new Set(mesh.cache.app.seen.map((bytes) => bytes.toString("latin1")))], [ping]);
    const asked = new Set(mesh.payment.app.seen.map(({ service, authority }) => `${service} at ${authority}`));
    assert.deepEqual([...asked], ["payments.v1 at payment.mesh"]);
  });

  it("refused nothing", async () => {
    for (const { envoy } of mesh.callers) {
      const rejected = [...(await envoy.admin.stats("update_rejected$")).values()];
      assert.ok(rejected.length > 0);
      assert.equal(rejected.reduce((sum, count) => sum + count, 0), 0);
    }
  });
});
