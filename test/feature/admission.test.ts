import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { admitAll } from "../../src/edge/serve/admission.ts";
import type { Admit, Admitted, AskedIn } from "../../src/edge/serve/admission.ts";
import type { EndReason } from "../../src/edge/serve/stream-proxy.ts";
import { startServer } from "../kit/fake-proxies.ts";
import type { ServerUnderTest } from "../kit/fake-proxies.ts";
import { fakeSnapshot } from "../kit/fake-snapshot.ts";
import { waitUntil } from "../kit/wait-until.ts";

const one = { cds: { a: 1 }, eds: { a: 1 }, lds: { l: 1 }, rds: {} };
const no: EndReason = { code: status.PERMISSION_DENIED, details: "not you" };

for (const variant of ["sotw", "delta"] as const) {
  describe(`a stream is let in before it is served, ${variant}`, () => {
    let s: ServerUnderTest;
    const asked: AskedIn[] = [];
    let answer: Promise<Admitted | EndReason>;

    async function start(admit: Admit): Promise<void> {
      s = await startServer({ admit });
      s.proxies.set("web", fakeSnapshot(one));
    }
    beforeEach(() => asked.splice(0));
    afterEach(() => s.stop());

    it("asks once, with the node's metadata, and answers all that was asked meanwhile", async () => {
      let letIn: ((admitted: Admitted) => void) | undefined;
      answer = new Promise((resolve) => (letIn = resolve));
      await start((each) => (asked.push(each), answer));
      const client = s.open(variant);
      client.request("cds", { metadata: { "dataplane.proxyType": "dataplane" } });
      client.request("lds");
      await waitUntil("it is asked", () => asked.length === 1);
      assert.deepEqual(await client.drain(), []);
      assert.equal(s.proxies.pulls("web"), 0);
      letIn?.({});
      await client.next("cds");
      await client.next("lds");
      assert.equal(asked.length, 1);
      assert.deepEqual(asked[0]?.proxy, { mesh: "default", name: "web" });
      assert.deepEqual(asked[0].metadata, { "dataplane.proxyType": "dataplane" });
    });

    it("ends a stream that is not let in, and tells those who had let it in", async () => {
      let closed = 0;
      await start(admitAll([() => Promise.resolve({ closed: () => { closed++; } }), () => Promise.resolve(no)]));
      const client = s.open(variant);
      client.request("cds");
      assert.deepEqual(pick(await client.ended), no);
      assert.equal(closed, 1);
      assert.equal(s.proxies.pulls("web"), 0);
    });

    it("asks again at each later request", async () => {
      let refused = false;
      await start(admitAll([() => Promise.resolve({ check: () => (refused ? no : undefined) })]));
      const client = s.open(variant);
      client.request("cds");
      await client.next("cds");
      refused = true;
      client.ack("cds");
      assert.deepEqual(pick(await client.ended), no);
    });

    it("tells when the stream has ended, also when that was before the answer", async () => {
      let letIn: ((admitted: Admitted) => void) | undefined;
      answer = new Promise((resolve) => (letIn = resolve));
      let closed = 0;
      await start((each) => (asked.push(each), answer));
      const client = s.open(variant);
      client.request("cds");
      await waitUntil("it is asked", () => asked.length === 1);
      client.close();
      await client.ended;
      letIn?.({ closed: () => { closed++; } });
      await waitUntil("it is told", () => closed === 1);
    });

    it("says nothing about a fault of its own", async () => {
      await start(() => Promise.reject(new Error("the disk at /secret")));
      const client = s.open(variant);
      client.request("cds");
      const { code, details } = await client.ended;
      assert.equal(code, status.INTERNAL);
      assert.doesNotMatch(details, /secret/);
    });
  });
}

function pick({ code, details }: EndReason): EndReason {
  return { code, details };
}
