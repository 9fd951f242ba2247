import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Document } from "../kit/api-client.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { checkAt, checkOf, quick, startMesh, untilVerdict } from "./mesh-fixture.ts";
import type { Caller, MeshFixture } from "./mesh-fixture.ts";

const kills = 50;

/** Nothing hangs here: a check that fails does so because something broke, not because starting 50 processes keeps the machine busy. */
const patient = { ...quick, timeout: "30s" };

/** A policy that web's proxies do not see, so that its edits change nothing for them. */
function written(round: number, count: number): Document {
  return { ...checkOf("elsewhere", { interval: `${round + 1}s`, timeout: `${count + 1}ms`, tcp: {} }), name: `round-${round % 7}-${count}` };
}

describe("kill -9 of the control plane at random moments while policies are written", () => {
  let mesh: MeshFixture;
  /** Name → spec of the last write that was acknowledged, and of the one under way when the control plane was killed. */
  const acknowledged = new Map<string, Document>();
  let underWay: Document | undefined;

  before(async function () {
    mesh = await startMesh(await envoyFor(this));
    await mesh.controlPlane.api.put(checkOf("backend", { ...patient, http: { path: "/health" } }));
    for (const caller of mesh.callers) {
      await waitUntil(`${caller.envoy.name} checks backend`, () => checkAt(caller, "backend"));
      await untilVerdict(caller, "backend", mesh.backend.endpoint, true);
    }
  });

  after(async () => {
    await mesh.close();
  });

  async function writeUntilKilled(round: number): Promise<void> {
    for (let count = 0; ; count += 1) {
      const document = written(round, count % 20);
      underWay = document;
      try {
        await mesh.controlPlane.api.put(document);
      } catch {
        return;
      }
      acknowledged.set(document.name, document);
      underWay = undefined;
    }
  }

  /** The write that nobody acknowledged may be there or not; once read back, it has to stay as it was read. */
  function settleUnderWay(found: ReadonlyMap<string, unknown>): void {
    if (underWay !== undefined && isDeepStrictEqual(found.get(underWay.name), confOf(underWay))) acknowledged.set(underWay.name, underWay);
    underWay = undefined;
  }

  async function stored(): Promise<ReadonlyMap<string, unknown>> {
    const { body } = await mesh.controlPlane.api.ask("GET", "/meshes/default/meshhealthchecks?size=1000");
    const { items } = body as { readonly items: readonly { readonly name: string; readonly spec: { readonly to: readonly { readonly default: unknown }[] } }[] };
    return new Map(items.map(({ name, spec }) => [name, spec.to[0]?.default]));
  }

  function confOf(document: Document): unknown {
    return (document["spec"] as { readonly to: readonly { readonly default: unknown }[] }).to[0]?.default;
  }

  /** How often the proxy took something in: any push would count, whether or not it changed anything. */
  async function takenIn({ envoy }: Caller): Promise<ReadonlyMap<string, number>> {
    return await envoy.admin.stats("^(cluster_manager\\.cds|listener_manager\\.lds|cluster\\.(backend|cache|payment))\\.update_success$");
  }

  async function reconnected({ envoy }: Caller): Promise<void> {
    await waitUntil(`${envoy.name} is connected again`, async () => await envoy.admin.stat("control_plane.connected_state") === 1);
  }

  it(`loses no acknowledged write in ${kills} kills, pushes nothing to a delta client that it holds already, and the Envoys check on`, async () => {
    const delta = mesh.callers[1];
    const before = await takenIn(delta);
    const checked = await Promise.all(mesh.callers.map(({ envoy }) => envoy.admin.stat("cluster.backend.health_check.attempt")));
    for (let round = 0; round < kills; round += 1) {
      const writing = writeUntilKilled(round);
      await sleep(Math.random() * 150);
      await mesh.controlPlane.kill();
      await writing;
      await mesh.controlPlane.start();
      const found = await stored();
      settleUnderWay(found);
      for (const [name, document] of acknowledged) assert.deepEqual(found.get(name), confOf(document), `${name}, after kill ${round + 1}`);
      for (const { envoy } of mesh.callers) assert.equal((await envoy.admin.verdict("backend", mesh.backend.endpoint))?.healthy, true);
      if (round % 10 === 9) await reconnected(delta);
    }
    await reconnected(delta);
    assert.ok(acknowledged.size > 20, `only ${acknowledged.size} policies were written`);
    assert.deepEqual(await takenIn(delta), before);
    for (const [index, { envoy }] of mesh.callers.entries()) {
      assert.ok(await envoy.admin.stat("cluster.backend.health_check.attempt") > (checked[index] ?? 0) + kills);
      assert.equal(await envoy.admin.stat("cluster.backend.health_check.failure"), 0);
    }
  });

  it("is the same control plane as before: an edit reaches both Envoys", async () => {
    await mesh.controlPlane.api.put(checkOf("backend", { ...patient, http: { path: "/afterwards" } }));
    const { app } = mesh.backend;
    await waitUntil("both ask for the new path", () => {
      return app.seen.filter(({ path, isCheck }) => isCheck && path === "/afterwards").length > 4;
    });
    for (const caller of mesh.callers) await reconnected(caller);
  });

  it("leaves the proxies with what they have while it is down: they check and they route", async () => {
    await mesh.controlPlane.kill();
    for (const caller of mesh.callers) {
      const { admin } = caller.envoy;
      await waitUntil("Envoy sees that it is alone", async () => await admin.stat("control_plane.connected_state") === 0);
      const before = await admin.stat("cluster.backend.health_check.attempt");
      await waitUntil("it checks on", async () => await admin.stat("cluster.backend.health_check.attempt") > before + 3);
      assert.equal((await httpGet(caller.outbounds.backend)).status, 200);
      mesh.backend.app.behaviour = 503;
      await untilVerdict(caller, "backend", mesh.backend.endpoint, false);
      mesh.backend.app.behaviour = 200;
      await untilVerdict(caller, "backend", mesh.backend.endpoint, true);
    }
    await mesh.controlPlane.start();
  });
});
