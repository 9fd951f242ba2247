import assert from "node:assert/strict";
import { keyText } from "../../src/core/model/resource.ts";
import type { Store } from "../../src/edge/source/port.ts";
import { StoreConflict, StoreUnavailable } from "../../src/edge/source/store-error.ts";
import { record } from "./recorder.ts";
import { mesh, policy } from "./sample-resources.ts";
import { intervalOf, sourceContract } from "./source-contract.ts";

export interface StoreFixture {
  readonly store: Store;
  dispose(): Promise<void>;
}

/** What every store does, besides what every source does. `now` is the clock it has to use. */
export function storeContract(name: string, open: (now: () => Date) => Promise<StoreFixture>): void {
  sourceContract(name, async () => {
    const { store, dispose } = await open(() => new Date());
    return {
      source: store,
      put: async (resource) => {
        await store.put(resource);
      },
      remove: async (key) => {
        await store.delete(key);
      },
      dispose,
    };
  });

  describe(`store contract: ${name}`, () => {
    let store: Store;
    let dispose: () => Promise<void>;
    let nowMs: number;
    beforeEach(async () => {
      nowMs = Date.parse("2030-01-01T00:00:00.000Z");
      ({ store, dispose } = await open(() => new Date(nowMs)));
    });
    afterEach(async () => {
      await dispose();
    });

    it("gives back what was put, with times", async () => {
      const put = await store.put(policy("a"));
      assert.equal(put.outcome, "created");
      const got = await store.get(policy("a"));
      assert.deepEqual(got, { ...policy("a"), creationTime: "2030-01-01T00:00:00.000Z", modificationTime: "2030-01-01T00:00:00.000Z" });
      assert.deepEqual(put.resource, got);
    });

    it("has nothing of what nobody put", async () => {
      assert.equal(await store.get(policy("a")), undefined);
      assert.deepEqual(await store.list("MeshHealthCheck"), []);
      assert.equal(await store.delete(policy("a")), false);
    });

    it("keeps the creation time and moves the modification time when the meaning changes", async () => {
      await store.put(policy("a", "10s"));
      nowMs += 5000;
      const { outcome, resource } = await store.put(policy("a", "20s"));
      assert.equal(outcome, "updated");
      assert.equal(resource.creationTime, "2030-01-01T00:00:00.000Z");
      assert.equal(resource.modificationTime, "2030-01-01T00:00:05.000Z");
      assert.equal(intervalOf(resource), "20s");
    });

    it("calls an equal put unchanged, tells nobody and keeps the times", async () => {
      const first = await store.put(policy("a"));
      const events = record(store.events);
      nowMs += 5000;
      const second = await store.put(policy("a"));
      assert.equal(second.outcome, "unchanged");
      assert.deepEqual(second.resource, first.resource);
      assert.deepEqual(events.told.map(({ type }) => type), ["state"]);
    });

    it("counts a changed label as a change", async () => {
      await store.put(policy("a"));
      const labelled = { ...policy("a"), labels: { ...policy("a").labels, team: "x" } };
      assert.equal((await store.put(labelled)).outcome, "updated");
      assert.equal((await store.get(policy("a")))?.labels["team"], "x");
    });

    it("gives every change a modification time of its own, even when the clock stands or is set back", async () => {
      const times = [(await store.put(policy("a", "1s"))).resource.modificationTime];
      times.push((await store.put(policy("a", "2s"))).resource.modificationTime);
      nowMs -= 60_000;
      times.push((await store.put(policy("a", "3s"))).resource.modificationTime);
      assert.deepEqual(times, ["2030-01-01T00:00:00.000Z", "2030-01-01T00:00:00.001Z", "2030-01-01T00:00:00.002Z"]);
    });

    it("refuses a put that expects another version, and one that expects a version of what is not there", async () => {
      const { resource } = await store.put(policy("a", "1s"));
      const expectedModificationTime = resource.modificationTime ?? "";
      await store.put(policy("a", "2s"), { expectedModificationTime });
      await assert.rejects(store.put(policy("a", "3s"), { expectedModificationTime }), StoreConflict);
      await assert.rejects(store.put(policy("b"), { expectedModificationTime }), StoreConflict);
      assert.equal(intervalOf((await store.get(policy("a"))) ?? policy("a", "")), "2s");
      assert.equal(await store.get(policy("b")), undefined);
    });

    it("lets one of several writers with the same expectation win", async () => {
      const { resource } = await store.put(policy("a", "1s"));
      const expectedModificationTime = resource.modificationTime ?? "";
      const tries = ["2s", "3s", "4s"].map((interval) => store.put(policy("a", interval), { expectedModificationTime }));
      const results = await Promise.allSettled(tries);
      assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
      assert.equal(intervalOf((await store.get(policy("a"))) ?? policy("a", "")), "2s");
    });

    it("lets one of several writers create what each expects to be new", async () => {
      const tries = ["1s", "2s", "3s"].map((interval) => store.put(policy("a", interval), { expectedModificationTime: "" }));
      const results = await Promise.allSettled(tries);
      assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
      await assert.rejects(store.put(policy("a", "1s"), { expectedModificationTime: "" }), StoreConflict);
      assert.equal(intervalOf((await store.get(policy("a"))) ?? policy("a", "")), "1s");
    });

    it("lists sorted by mesh and name, of one mesh or of all", async () => {
      for (const name of ["b", "a-1", "a", "a.ns", "10", "9"]) await store.put(policy(name));
      await store.put(policy("z", "10s", "another"));
      await store.put(mesh("default"));
      const all = (await store.list("MeshHealthCheck")).map(keyText);
      assert.deepEqual(all.map((text) => text.replace("MeshHealthCheck/", "")), [
        "another/z",
        ...["10", "9", "a", "a-1", "a.ns", "b"].map((name) => `default/${name}`),
      ]);
      assert.equal((await store.list("MeshHealthCheck", "default")).length, 6);
      assert.deepEqual((await store.list("Mesh")).map(({ name }) => name), ["default"]);
    });

    it("deletes, and makes anew what is put again", async () => {
      await store.put(policy("a"));
      assert.equal(await store.delete(policy("a")), true);
      assert.equal(await store.get(policy("a")), undefined);
      nowMs += 1000;
      const again = await store.put(policy("a"));
      assert.equal(again.outcome, "created");
      assert.equal(again.resource.creationTime, "2030-01-01T00:00:01.000Z");
    });

    it("puts many in one go, keeps the creation times they bring, and leaves what is equal as it is", async () => {
      const { resource: before } = await store.put(policy("a", "1s"));
      await store.put(policy("b", "1s"));
      nowMs += 5000;
      const brought = { ...policy("c", "1s"), creationTime: "2020-02-02T00:00:00.000Z", modificationTime: "2020-02-02T00:00:00.000Z" };
      const events = record(store.events);
      const results = await store.putAll([policy("a", "1s"), { ...policy("b", "2s"), creationTime: "2020-02-02T00:00:00.000Z" }, brought], { overwrite: true });
      assert.deepEqual(results.map(({ outcome }) => outcome), ["unchanged", "updated", "created"]);
      assert.deepEqual(await store.get(policy("a")), before);
      assert.equal((await store.get(policy("b")))?.creationTime, "2030-01-01T00:00:00.000Z");
      const { creationTime, modificationTime } = (await store.get(policy("c"))) ?? {};
      assert.deepEqual([creationTime, modificationTime], ["2020-02-02T00:00:00.000Z", "2030-01-01T00:00:05.000Z"]);
      assert.deepEqual(events.told.flatMap((event) => (event.type === "change" ? event.changed.map(({ name }) => name) : [])), ["b", "c"]);
    });

    it("puts none of many when one is there with another meaning and may not be overwritten", async () => {
      await store.put(policy("b", "1s"));
      const events = record(store.events);
      await assert.rejects(store.putAll([policy("a"), policy("b", "2s"), policy("c")]), StoreConflict);
      assert.deepEqual((await store.list("MeshHealthCheck")).map((resource) => `${resource.name} ${intervalOf(resource)}`), ["b 1s"]);
      assert.equal((await store.putAll([policy("a"), policy("b", "1s")])).length, 2);
      assert.deepEqual(events.told.flatMap((event) => (event.type === "change" ? event.changed.map(({ name }) => name) : [])), ["a"]);
    });

    it("tells a write before its promise resolves, when it can be read", async () => {
      const order: string[] = [];
      const subscription = store.events.subscribe((event) => {
        if (event.type !== "change") return;
        order.push("told");
        void store.get(policy("a")).then((found) => order.push(found === undefined ? "missing" : "readable"));
      });
      await store.put(policy("a")).then(() => order.push("resolved"));
      await Promise.resolve();
      subscription.unsubscribe();
      assert.equal(order[0], "told");
      assert.ok(order.includes("readable") && order.includes("resolved"), order.join());
    });

    it("makes, tells and answers concurrent writes in the order in which they were asked for", async () => {
      const events = record(store.events);
      const settled: string[] = [];
      const writes = ["1s", "2s", "2s", "3s"].map((interval) => store.put(policy("a", interval)).then(({ outcome }) => settled.push(`${interval} ${outcome}`)));
      const removal = store.delete(policy("a")).then((there) => settled.push(`deleted ${String(there)}`));
      const last = store.put(policy("a", "4s")).then(({ outcome }) => settled.push(`4s ${outcome}`));
      await Promise.all([...writes, removal, last]);
      assert.deepEqual(settled, ["1s created", "2s updated", "2s unchanged", "3s updated", "deleted true", "4s created"]);
      const told = events.told.flatMap((event) => (event.type === "change" ? [...event.changed.map(intervalOf), ...event.removed.map(() => "-")] : []));
      assert.deepEqual(told, ["1s", "2s", "3s", "-", "4s"]);
    });

    it("takes a thousand writes at once and has them all", async () => {
      const events = record(store.events);
      const names = Array.from({ length: 1000 }, (_, i) => `policy-${String(i).padStart(4, "0")}`);
      const results = await Promise.all(names.map(async (name) => await store.put(policy(name))));
      assert.ok(results.every(({ outcome }) => outcome === "created"));
      assert.deepEqual((await store.list("MeshHealthCheck")).map(({ name }) => name), names);
      assert.deepEqual(events.told.flatMap((event) => (event.type === "change" ? event.changed.map(({ name }) => name) : [])), names);
    });

    it("refuses writes when it is closed, and finishes those that were asked for before", async () => {
      const write = store.put(policy("a"));
      await store.close();
      assert.equal((await write).outcome, "created");
      await assert.rejects(store.put(policy("b")), StoreUnavailable);
      await assert.rejects(store.delete(policy("a")), StoreUnavailable);
    });
  });
}
