import assert from "node:assert/strict";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { checkAt, checkOf, quick, startMesh, untilVerdict } from "./mesh-fixture.ts";
import type { Caller, MeshFixture } from "./mesh-fixture.ts";

const edits = 500;
const everyMs = 20;

describe("a policy that is edited 50 times a second for 10 seconds, under load", () => {
  let mesh: MeshFixture;

  before(async function () {
    mesh = await startMesh(await envoyFor(this));
  });

  after(async () => {
    await mesh.close();
  });

  /** Asks as fast as answers come, a few at a time, until told to stop; gives what was not a 200. */
  async function load(caller: Caller, running: () => boolean): Promise<{ readonly sent: number; readonly failed: readonly string[] }> {
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const failed: string[] = [];
    let sent = 0;
    async function ask(): Promise<void> {
      while (running()) {
        const { status, error } = await httpGet(caller.outbounds.backend, "/work", agent);
        sent += 1;
        if (status !== 200) failed.push(error ?? String(status));
        await sleep(5);
      }
    }
    await Promise.all([ask(), ask(), ask(), ask()]);
    agent.destroy();
    return { sent, failed };
  }

  it("fails no request, is what both Envoys hold in the end, and is never refused", async () => {
    const { controlPlane, callers, backend } = mesh;
    const edit = (count: number): Promise<unknown> => controlPlane.api.put(checkOf("backend", { ...quick, http: { path: `/health/${count}` } }));
    await edit(0);
    for (const caller of callers) await untilVerdict(caller, "backend", backend.endpoint, true);

    let running = true;
    const loads = callers.map((caller) => load(caller, () => running));
    const start = performance.now();
    for (let count = 1; count <= edits; count += 1) {
      await edit(count);
      await sleep(Math.max(0, start + count * everyMs - performance.now()));
    }
    const last = { path: `/health/${edits}` };
    for (const caller of callers) {
      await waitUntil(`${caller.envoy.name} holds the last edit`, async () => {
        const http = (await checkAt(caller, "backend"))?.["http_health_check"] as { readonly path?: string } | undefined;
        return http?.path === last.path;
      });
    }
    running = false;
    for (const { sent, failed } of await Promise.all(loads)) {
      assert.ok(sent > 100, `only ${sent} requests were sent`);
      assert.deepEqual(failed, []);
    }
    for (const { envoy } of callers) {
      const rejected = await envoy.admin.stats("update_rejected$");
      assert.deepEqual([...rejected].filter(([, count]) => count > 0), []);
      assert.ok(await envoy.admin.stat("cluster_manager.cds.update_success") > 10, "the edits reached Envoy while they were made");
    }
  });
});
