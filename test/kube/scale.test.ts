import assert from "node:assert/strict";
import { fillCluster, sayReady } from "../../bench/kubernetes/cluster.ts";
import { systemNamespace } from "../../bench/kubernetes/objects.ts";
import { keyText } from "../../src/core/model/resource.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import { createKubernetesSource, type KubernetesSource } from "../../src/edge/source/kubernetes/kubernetes-source.ts";
import type { SourceEvent } from "../../src/edge/source/port.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { ownApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

const size = { pods: 5_000, services: 500 };
const policies = 5_000;
const policiesPath = `/apis/kuma.io/v1alpha1/namespaces/${systemNamespace}/meshhealthchecks`;

describe("a large cluster on a real API server", () => {
  let api: ApiServer;
  let source: KubernetesSource;
  const closing: (() => Promise<void>)[] = [];
  const there = new Map<string, Resource>();
  const events: SourceEvent[] = [];

  before(async function () {
    this.timeout(600_000);
    api = await ownApiServer(this, { flags: ["--enable-priority-and-fairness=false", "--event-ttl=10m"] });
    closing.unshift(() => api.stop());
    await fillCluster(api, size);
    await inParallel(policies, (i) => expectCreated(api, policiesPath, policyObject(i)));
    const client = await openKubeClient({ kubeconfig: await api.kubeconfig() });
    closing.unshift(() => client.close());
    source = createKubernetesSource({ client });
    closing.unshift(() => source.close());
  });
  after(async () => {
    for (const close of closing) await close();
  });

  it(`is told whole, at once: ${size.pods} pods, ${size.services} services, ${policies} policies`, async () => {
    source.events.subscribe((event) => {
      events.push(event);
      for (const resource of event.type === "state" ? event.resources : event.changed) there.set(keyText(resource), resource);
    });
    await waitUntil("it was told", () => events.length > 0);
    const counts: Record<string, number> = {};
    for (const { kind } of there.values()) counts[kind] = (counts[kind] ?? 0) + 1;
    assert.deepEqual(counts, { Mesh: 1, Dataplane: size.pods, MeshService: size.services, MeshHealthCheck: policies + 1 });
  });

  it("costs what a change touches", async () => {
    const before = events.length;
    await sayReady(api, 7, false);
    await expectStatus(api.request("PATCH", `${policiesPath}/many-9`, { body: { spec: { targetRef: { kind: "Dataplane" } } } }));
    await waitUntil("both were told", () => events.slice(before).flatMap((event) => (event.type === "change" ? event.changed : [])).length >= 2);
    const changed = events.slice(before).flatMap((event) => (event.type === "change" ? event.changed : event.resources)).map(keyText).sort();
    assert.deepEqual(changed, ["Dataplane/default/pod-7.bench", `MeshHealthCheck/default/many-9.${systemNamespace}`]);
  });
});

function policyObject(i: number): object {
  const to = [{ targetRef: { kind: "MeshService", name: `svc-${i % size.services}` }, default: { interval: `${10 + (i % 50)}s`, tcp: {} } }];
  return { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: `many-${i}` }, spec: { targetRef: { kind: "Mesh" }, to } };
}

async function expectCreated(api: ApiServer, path: string, body: object): Promise<void> {
  await expectStatus(api.request("POST", path, { body }));
}

async function expectStatus(asked: ReturnType<ApiServer["request"]>): Promise<void> {
  const { status, body } = await asked;
  assert.ok(status < 300, JSON.stringify(body));
}

async function inParallel(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
