import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { withStoreLabels } from "../../src/core/model/store-labels.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import { createSecretStore, type SecretStore } from "../../src/edge/source/kubernetes-secrets/secret-store.ts";
import { StoreConflict, StoreUnavailable } from "../../src/edge/source/store-error.ts";
import { record, type Recorder } from "../contract/recorder.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";
import type { SourceEvent } from "../../src/edge/source/port.ts";

describe("secrets in Kubernetes", () => {
  let api: ApiServer;
  let namespace: string;
  let client: KubeClient;
  let close = (): Promise<void> => Promise.resolve();
  const stores: SecretStore[] = [];

  before(async function () {
    api = await sharedApiServer(this);
    namespace = await api.createNamespace("secrets");
    client = await openKubeClient({ kubeconfig: await api.kubeconfig({ token: await grantChartRole(api, namespace), namespace }) });
    close = () => client.close();
  });

  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await close();
  });

  async function open(): Promise<{ readonly store: SecretStore; readonly events: Recorder<SourceEvent> }> {
    const store = createSecretStore({ client, namespace });
    stores.push(store);
    const events = record(store.events);
    await events.until((told) => told.length > 0);
    return { store, events };
  }

  function secret(name: string, value: string, mesh?: string): Resource {
    const parsed = parseResource({ type: mesh === undefined ? "GlobalSecret" : "Secret", name, ...(mesh === undefined ? {} : { mesh }), data: Buffer.from(value).toString("base64") });
    assert.ok(parsed.ok);
    return withStoreLabels(parsed.resource);
  }

  it("are what Kuma keeps: of its types, the mesh in a label, the value under `value`", async () => {
    const { store } = await open();
    assert.equal((await store.put(secret("of-mesh", "one", "demo"))).outcome, "created");
    assert.equal((await store.put(secret("global", "two"))).outcome, "created");
    const list = await api.kubectl(["get", "secrets", "-n", namespace, "-o", "jsonpath={range .items[*]}{.metadata.name} {.type} {.metadata.labels.kuma\\.io/mesh} {.data.value}{\"\\n\"}{end}"]);
    assert.deepEqual(list.stdout.trim().split("\n").sort(), ["global system.kuma.io/global-secret  dHdv", "of-mesh system.kuma.io/secret demo b25l"]);
    assert.deepEqual((await store.list("Secret", "demo")).map(({ name }) => name), ["of-mesh"]);
    assert.deepEqual(await store.list("Secret", "other"), []);
  });

  it("are read by every replica, whoever wrote them: another one, or kubectl", async () => {
    const [one, two] = [await open(), await open()];
    await one.store.put(secret("shared", "1", "demo"));
    await waitUntil("the other has it", async () => (await two.store.get({ kind: "Secret", mesh: "demo", name: "shared" })) !== undefined);
    const before = await two.store.get({ kind: "Secret", mesh: "demo", name: "shared" });
    // The API server notes whole seconds.
    await sleep(1_100);
    await api.kubectl(["patch", "secret", "shared", "-n", namespace, "--type=merge", "-p", JSON.stringify({ data: { value: "Mg==" } })]);
    await waitUntil("both have it", async () => {
      const found = await Promise.all([one, two].map(({ store }) => store.get({ kind: "Secret", mesh: "demo", name: "shared" })));
      return found.every((each) => (each?.spec as { data?: string } | undefined)?.data === "Mg==");
    });
    const expectedModificationTime = before?.modificationTime ?? "none";
    await assert.rejects(one.store.put(secret("shared", "3", "demo"), { expectedModificationTime }), StoreConflict);
    assert.equal(await two.store.delete({ kind: "Secret", mesh: "demo", name: "shared" }), true);
    assert.equal(await two.store.delete({ kind: "Secret", mesh: "demo", name: "shared" }), false);
    await waitUntil("it is gone for both", async () => (await one.store.get({ kind: "Secret", mesh: "demo", name: "shared" })) === undefined);
  });

  it("are announced before a write is answered, and an unchanged one is not written", async () => {
    const { store, events } = await open();
    const wanted = secret("told", "x", "demo");
    const { resource } = await store.put(wanted);
    const told = events.told.at(-1);
    assert.deepEqual(told?.type === "change" ? told.changed : [], [resource]);
    const again = await store.put(wanted);
    assert.deepEqual([again.outcome, again.resource], ["unchanged", resource]);
    const count = events.told.length;
    await sleep(300);
    assert.equal(events.told.length, count, "what the watch tells of our own write is no news");
  });

  it("of several replicas that make one, one does", async () => {
    const replicas = await Promise.all([open(), open(), open()]);
    const made = await Promise.allSettled(replicas.map(({ store }, i) => store.put(secret("key", String(i)), { expectedModificationTime: "" })));
    assert.equal(made.filter(({ status }) => status === "fulfilled").length, 1);
    for (const each of made) if (each.status === "rejected") assert.ok(each.reason instanceof StoreConflict, String(each.reason));
  });

  it("never overwrite a Secret that is somebody else's", async () => {
    await api.kubectl(["create", "secret", "generic", "theirs", "-n", namespace, "--from-literal=value=keep"]);
    const { store } = await open();
    const refused = (error: unknown): boolean => error instanceof StoreUnavailable && /theirs.*is there already, and is not Secret theirs of mesh demo/.test(error.message);
    await assert.rejects(store.put(secret("theirs", "x", "demo")), refused);
    await assert.rejects(store.delete({ kind: "Secret", mesh: "demo", name: "theirs" }), refused);
    assert.equal((await api.request("GET", `/api/v1/namespaces/${namespace}/secrets/theirs`)).status, 200);
  });

  it("without a value are told of, and stand in nobody's way", async () => {
    await api.request("POST", `/api/v1/namespaces/${namespace}/secrets`, { body: { metadata: { name: "empty" }, type: "system.kuma.io/secret" } });
    const { store } = await open();
    const problems = record(store.problems);
    await problems.until((told) => told.at(-1)?.some(({ origin }) => origin === `Secret ${namespace}/empty`) === true);
    await api.kubectl(["delete", "secret", "empty", "-n", namespace]);
    await problems.until((told) => told.at(-1)?.length === 0);
  });
});
