import assert from "node:assert/strict";
import { record } from "../../../../test/contract/recorder.ts";
import { fakeFollow } from "../../../../test/kit/fake-follow.ts";
import { meshNamespace, podObject, serviceObject } from "../../../../test/kit/kube-objects.ts";
import { waitUntil } from "../../../../test/kit/wait-until.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource } from "../../../core/model/resource.ts";
import type { KubeClient } from "../../kube-client/port.ts";
import type { SourceEvent } from "../port.ts";
import { createKubernetesSource, type KubernetesSource } from "./kubernetes-source.ts";

let version = 0;

function check(name: string, interval: string, more: { readonly uid?: string; readonly labels?: object } = {}): KubeObject {
  version += 1;
  const spec = { to: [{ targetRef: { kind: "Mesh" }, default: { interval, tcp: {} } }] };
  const metadata = { name, namespace: "shop", uid: "1", resourceVersion: String(version), creationTimestamp: "2026-01-02T03:04:05Z", ...more };
  return { metadata, spec, status: { conditions: [] } } as unknown as KubeObject;
}

function intervalOf(resource: Resource | undefined): string | undefined {
  return (resource?.spec as { readonly to?: readonly { readonly default?: { readonly interval?: string } }[] } | undefined)?.to?.[0]?.default?.interval;
}

describe("the source of a cluster", () => {
  let source: KubernetesSource;
  let now: Date;
  afterEach(async () => {
    await source.close();
  });

  function start(patienceMs = 60_000) {
    const fakes = fakeFollow();
    now = new Date("2026-06-01T00:00:00Z");
    source = createKubernetesSource({ client: {} as KubeClient, follow: fakes.follow, patienceMs, now: () => now });
    const events = record(source.events);
    const there = new Map<string, Resource>();
    source.events.subscribe((event) => take(there, event));
    return { ...fakes, fakes, events, there, problems: record(source.problems), notices: record(source.notices), states: record(source.kinds) };
  }

  function startWhole(objects: Readonly<Record<string, readonly KubeObject[]>> = {}) {
    const one = start();
    for (const plural of one.fakes.kinds) one.kind(plural).tell(objects[plural] ?? []);
    return one;
  }

  function take(there: Map<string, Resource>, event: SourceEvent): void {
    const [changed, removed] = event.type === "state" ? [event.resources, []] : [event.changed, event.removed];
    for (const key of removed) assert.ok(there.delete(keyText(key)), keyText(key));
    for (const resource of changed) there.set(keyText(resource), resource);
  }

  const lastProblems = (one: ReturnType<typeof start>): readonly string[] =>
    (one.problems.told.at(-1) ?? []).flatMap(({ origin, violations, kept }) => violations.map(({ path, message }) => `${origin}: ${path}: ${message}${kept === undefined ? "" : " (kept)"}`));

  it("tells nothing before each kind was told whole, and then everything at once, the mesh default among it", () => {
    const one = start();
    const last = one.fakes.kinds.at(-1) ?? "";
    for (const plural of one.fakes.kinds.filter((each) => each !== last)) one.kind(plural).tell([]);
    one.kind("namespaces").change([meshNamespace("shop")]);
    one.kind("pods").change([podObject("shop", "web-1")]);
    assert.equal(one.events.told.length, 0);
    one.kind(last).tell([]);
    assert.equal(one.events.told.length, 1);
    assert.deepEqual([...one.there.keys()].sort(), ["Dataplane/default/web-1.shop", "Mesh//default"]);
  });

  it("goes on without a kind that it may not read, and says so before; not without Pods", async () => {
    const one = start(20);
    const refused = "meshexternalservices.kuma.io is forbidden: no";
    for (const plural of one.fakes.kinds) {
      if (plural === "meshexternalservices") one.kind(plural).become({ state: "denied", message: refused });
      else if (plural !== "pods") one.kind(plural).tell([]);
    }
    await waitUntil("it is told", () => lastProblems(one).length > 0);
    assert.deepEqual(lastProblems(one), [`store: : meshexternalservices.kuma.io: ${refused}; nothing is known of them`]);
    one.kind("pods").become({ state: "denied", message: "pods is forbidden" });
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(one.events.told.length, 0);
    one.kind("pods").tell([]);
    assert.equal(one.events.told.length, 1);
    assert.deepEqual(one.states.told.at(-1)?.find(({ kind }) => kind === "meshexternalservices.kuma.io"), { kind: "meshexternalservices.kuma.io", state: "denied", message: refused });
    one.kind("meshexternalservices").tell([]);
    await waitUntil("nothing is wrong any more", () => lastProblems(one).length === 0);
  });

  it("keeps everything while the API server is away, and says so once for all kinds", async () => {
    const one = startWhole({ namespaces: [meshNamespace("shop")], pods: [podObject("shop", "web-1")] });
    const before = one.problems.told.length;
    for (const plural of one.fakes.kinds) one.kind(plural).become({ state: "failing", message: "the API server cannot be reached" });
    await waitUntil("it is told", () => lastProblems(one).length > 0);
    assert.deepEqual([one.problems.told.length - before, lastProblems(one).length], [1, 1]);
    assert.match(lastProblems(one)[0] ?? "", /^store: : meshcircuitbreakers\.kuma\.io, .*, pods, services: the API server cannot be reached; what there was stays$/);
    assert.equal(one.events.told.length, 1);
    for (const plural of one.fakes.kinds) one.kind(plural).become({ state: "following" });
    await waitUntil("it is over", () => lastProblems(one).length === 0);
  });

  it("keeps the last good version of an object that is not valid any more, and takes it back when it is", () => {
    const one = startWhole({ meshhealthchecks: [check("a", "10s")] });
    one.kind("meshhealthchecks").change([check("a", "never")]);
    assert.equal(intervalOf(one.there.get("MeshHealthCheck/default/a.shop")), "10s");
    assert.deepEqual(lastProblems(one), ['MeshHealthCheck shop/a: spec.to[0].default.interval: time: invalid duration "never" (kept)']);
    one.kind("meshhealthchecks").change([check("a", "20s")]);
    assert.equal(intervalOf(one.there.get("MeshHealthCheck/default/a.shop")), "20s");
    assert.deepEqual(lastProblems(one), []);
  });

  it("starts with objects that were stored before anybody looked, the invalid ones as problems, the unknown fields of others as notices", () => {
    const newer = check("b", "10s");
    const one = startWhole({ meshhealthchecks: [check("a", "-1s"), { ...newer, spec: { ...(newer as { readonly spec?: object }).spec, mode: "gentle" } } as KubeObject] });
    assert.deepEqual([...one.there.keys()].sort(), ["Mesh//default", "MeshHealthCheck/default/b.shop"]);
    assert.deepEqual(lastProblems(one), ["MeshHealthCheck shop/a: spec.to[0].default.interval: must be greater than zero when defined"]);
    assert.deepEqual(one.notices.told.at(-1)?.map(({ code, path }) => `${code} ${path}`), ["unknown-field spec.mode"]);
  });

  it("does not keep what another object of that name was", () => {
    const one = startWhole({ meshhealthchecks: [check("a", "10s")] });
    one.kind("meshhealthchecks").tell([check("a", "never", { uid: "2" })]);
    assert.equal(one.there.has("MeshHealthCheck/default/a.shop"), false);
    assert.equal(lastProblems(one).length, 1);
  });

  it("moves a policy whose label names another mesh, and leaves it where it was while that is not valid", () => {
    const one = startWhole({ meshhealthchecks: [check("a", "10s")] });
    one.kind("meshhealthchecks").change([check("a", "never", { labels: { "kuma.io/mesh": "m1" } })]);
    assert.ok(one.there.has("MeshHealthCheck/default/a.shop"));
    one.kind("meshhealthchecks").change([check("a", "10s", { labels: { "kuma.io/mesh": "m1" } })]);
    assert.deepEqual([...one.there.keys()].sort(), ["Mesh//default", "MeshHealthCheck/m1/a.shop"]);
  });

  it("tells nothing of a write that changes no meaning, such as one to a status", () => {
    const one = startWhole({ meshhealthchecks: [check("a", "10s")] });
    one.kind("meshhealthchecks").change([check("a", "10s")]);
    assert.equal(one.events.told.length, 1);
  });

  it("tells what differs when a kind is listed again", () => {
    const pods = [podObject("shop", "a"), podObject("shop", "b")].map((pod, i) => ({ ...pod, metadata: { ...pod.metadata, resourceVersion: String(i) } }));
    const one = startWhole({ namespaces: [meshNamespace("shop")], pods, meshhealthchecks: [check("a", "10s"), check("b", "10s")] });
    one.kind("pods").tell(pods.slice(1));
    one.kind("meshhealthchecks").tell([]);
    assert.deepEqual(one.events.told.slice(1).map((event) => (event.type === "change" ? [event.changed.length, event.removed.map(keyText)] : [])), [
      [0, ["Dataplane/default/a.shop"]],
      [0, ["MeshHealthCheck/default/a.shop", "MeshHealthCheck/default/b.shop"]],
    ]);
  });

  it("shows the MeshService that somebody wrote over the one of the Service, which comes back when that goes", () => {
    const written = { metadata: { name: "web", namespace: "shop", uid: "9", resourceVersion: "9" }, spec: { ports: [{ port: 99 }] } } as unknown as KubeObject;
    const one = startWhole({ namespaces: [meshNamespace("shop")], services: [serviceObject("shop", "web")] });
    const port = (): unknown => (one.there.get("MeshService/default/web.shop")?.spec as { readonly ports?: readonly { readonly port: number }[] }).ports?.[0]?.port;
    assert.equal(port(), 80);
    one.kind("meshservices").change([written]);
    assert.equal(port(), 99);
    one.kind("services").change([serviceObject("shop", "web", { ports: [{ port: 81 }] })]);
    assert.equal(port(), 99);
    one.kind("meshservices").change([], [written]);
    assert.equal(port(), 81);
  });

  it("gives times that grow, also when the clock is set back", () => {
    const one = startWhole({ meshhealthchecks: [check("a", "10s")] });
    const times: string[] = [];
    for (const [at, interval] of [["2026-06-01T00:00:01Z", "11s"], ["2020-01-01T00:00:00Z", "12s"], ["2030-01-01T00:00:00Z", "13s"]] as const) {
      now = new Date(at);
      one.kind("meshhealthchecks").change([check("a", interval)]);
      times.push(one.there.get("MeshHealthCheck/default/a.shop")?.modificationTime ?? "");
    }
    assert.deepEqual(times, ["2026-06-01T00:00:01.000Z", "2026-06-01T00:00:01.001Z", "2030-01-01T00:00:00.000Z"]);
    assert.equal(one.there.get("MeshHealthCheck/default/a.shop")?.creationTime, "2026-01-02T03:04:05.000Z");
  });
});
