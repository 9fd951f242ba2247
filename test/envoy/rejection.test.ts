import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyFor } from "../kit/envoy-binary.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { checkAt, checkOf, quick, startMesh, untilVerdict } from "./mesh-fixture.ts";
import type { Caller, MeshFixture } from "./mesh-fixture.ts";

interface PolicyStatus {
  readonly status?: { readonly rejections?: readonly { readonly proxy: { readonly name: string }; readonly message: string; readonly resources: readonly string[] }[] };
}

describe("a policy whose event log cannot be opened on the proxies' machine", () => {
  const http = { path: "/health" };
  const missing = "/nowhere-on-this-machine/health.log";
  let mesh: MeshFixture;

  before(async function () {
    mesh = await startMesh(await envoyFor(this));
    const { api } = mesh.controlPlane;
    await api.put(checkOf("backend", { ...quick, http }));
    await api.put(checkOf("cache", { ...quick, tcp: {} }));
    for (const caller of mesh.callers) {
      await untilVerdict(caller, "backend", mesh.backend.endpoint, true);
      await waitUntil("the cache is checked", () => checkAt(caller, "cache"));
    }
    await api.put(checkOf("backend", { ...quick, timeout: "300ms", eventLogPath: missing, http }));
    for (const { envoy } of mesh.callers) {
      await waitUntil(`${envoy.name} refuses`, async () => await envoy.admin.stat("cluster_manager.cds.update_rejected") > 0);
    }
  });

  after(async () => {
    await mesh.close();
  });

  async function rejections(): Promise<NonNullable<NonNullable<PolicyStatus["status"]>["rejections"]>> {
    const { body } = await mesh.controlPlane.api.get(checkOf("backend", {}));
    return (body as PolicyStatus).status?.rejections ?? [];
  }

  async function rejectedCount({ envoy }: Caller): Promise<number> {
    return await envoy.admin.stat("cluster_manager.cds.update_rejected");
  }

  it("shows both proxies' rejections, in Envoy's words, on itself", async () => {
    const found = await waitUntil("both rejections are on the policy", async () => {
      const all = await rejections();
      return all.length >= 2 ? all : undefined;
    });
    assert.deepEqual(found.map(({ proxy }) => proxy.name).sort(), ["web-delta", "web-sotw"]);
    for (const { message, resources } of found) {
      assert.deepEqual(resources, ["backend"]);
      assert.match(message, /nowhere-on-this-machine/);
    }
  });

  it("is in the log and in the metrics", async () => {
    assert.ok(mesh.controlPlane.output.lines.some((line) => line.includes("rejects") && line.includes("nowhere-on-this-machine")));
    assert.match(await mesh.controlPlane.metrics(), /^probeplane_rejections 2$/m);
  });

  it("leaves the last good version with the proxies, which goes on checking", async () => {
    for (const caller of mesh.callers) {
      const check = await checkAt(caller, "backend");
      assert.deepEqual([check?.["timeout"], check?.["event_logger"]], ["0.200s", undefined]);
      const before = await caller.envoy.admin.stat("cluster.backend.health_check.attempt");
      await waitUntil("it is checked again", async () => await caller.envoy.admin.stat("cluster.backend.health_check.attempt") > before);
    }
  });

  it("holds up nothing else: other policies still reach the proxies", async () => {
    await mesh.controlPlane.api.put(checkOf("cache", { ...quick, timeout: "350ms", tcp: {} }));
    for (const caller of mesh.callers) {
      await waitUntil(`${caller.envoy.name} has the other edit`, async () => (await checkAt(caller, "cache"))?.["timeout"] === "0.350s");
    }
    assert.equal((await rejections()).length, 2);
  });

  it("is not pushed over and over", async () => {
    const before = await Promise.all(mesh.callers.map(rejectedCount));
    await sleep(2000);
    assert.deepEqual(await Promise.all(mesh.callers.map(rejectedCount)), before);
    for (const count of before) assert.ok(count <= 3, `${count} rejections for two edits`);
  });

  it("is well again when it is mended", async () => {
    await mesh.controlPlane.api.put(checkOf("backend", { ...quick, timeout: "400ms", http }));
    for (const caller of mesh.callers) {
      await waitUntil(`${caller.envoy.name} has the mended check`, async () => (await checkAt(caller, "backend"))?.["timeout"] === "0.400s");
    }
    await waitUntil("no rejection is left on the policy", async () => (await rejections()).length === 0);
    await waitUntil("the metrics say so", async () => /^probeplane_rejections 0$/m.test(await mesh.controlPlane.metrics()));
    assert.ok(mesh.controlPlane.output.lines.some((line) => line.includes("rejection is over")));
  });
});
