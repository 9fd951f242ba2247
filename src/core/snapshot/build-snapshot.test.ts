import assert from "node:assert/strict";
import fc from "fast-check";
import { anyPlanEdit, anyProxyPlan, destinationPlan, healthCheckPlan, proxyPlan } from "../../../test/kit/plans.ts";
import type { DestinationTlsPlan } from "../model/mesh-tls-plan.ts";
import type { DestinationPlan, InboundPlan, ProxyPlan } from "../model/plan.ts";
import { translate, type XdsResources } from "../translate/translate.ts";
import { createSnapshotBuilder } from "./build-snapshot.ts";
import { decodeResource } from "./encode.ts";
import { ProxyResources } from "./proxy-resources.ts";
import { typeOrder, typeUrls, type EncodedResource, type Snapshot } from "./snapshot.ts";

const { cluster, endpoints, listener, route } = typeUrls;

describe("snapshot builder", () => {
  it("writes bytes that decode to exactly what translate says, the sender's header included", () => {
    fc.assert(fc.property(anyProxyPlan, (plan) => {
      assert.deepEqual(decoded(createSnapshotBuilder().build(plan)), translate(plan));
    }));
  });

  it("writes as many bytes as it says, where it is told to, and nothing beside", () => {
    fc.assert(fc.property(anyProxyPlan, fc.nat(40), (plan, offset) => {
      for (const resource of resourcesOf(createSnapshotBuilder().build(plan))) {
        const target = new Uint8Array(offset + resource.byteLength + 3).fill(0xee);
        resource.writeTo(target, offset);
        assert.ok(target.subarray(0, offset).every((byte) => byte === 0xee) && target.subarray(offset + resource.byteLength).every((byte) => byte === 0xee));
        assert.deepEqual(target.slice(offset, offset + resource.byteLength), bytesOf(resource));
      }
    }));
  });

  it("gives equal bytes and versions whatever the order in the plan and whatever was built before", () => {
    const used = createSnapshotBuilder();
    fc.assert(fc.property(anyProxyPlan, (plan) => {
      const { inbounds, outbounds, destinations } = plan;
      const turned = { ...plan, inbounds: inbounds.toReversed(), outbounds: outbounds.toReversed(), destinations: destinations.toReversed() };
      assert.deepEqual(content(used.build(turned)), content(createSnapshotBuilder().build(plan)));
    }));
  });

  it("gives other versions where, and only where, bytes differ", () => {
    const builder = createSnapshotBuilder();
    const bytesByVersion = new Map<string, string>();
    const versionByBytes = new Map<string, string>();
    fc.assert(fc.property(anyProxyPlan, (plan) => {
      for (const resource of resourcesOf(builder.build(plan))) {
        const bytes = Buffer.from(bytesOf(resource)).toString("hex");
        assert.equal(bytesByVersion.get(resource.version) ?? bytes, bytes);
        assert.equal(versionByBytes.get(bytes) ?? resource.version, resource.version);
        bytesByVersion.set(resource.version, bytes);
        versionByBytes.set(bytes, resource.version);
      }
    }));
  });

  it("gives after an edit what it would give without having built anything before, and another version exactly to what has other bytes", () => {
    fc.assert(fc.property(anyProxyPlan, anyPlanEdit, (plan, edit) => {
      const builder = createSnapshotBuilder();
      const before = builder.build(plan);
      const held = new Map([...before.types].map(([type, { resources }]) => [type, resources]));
      const after = builder.build(edit(plan));
      assert.deepEqual(content(after), content(createSnapshotBuilder().build(edit(plan))));
      for (const [type, { resources }] of after.types) {
        for (const encoded of resources.values()) {
          const other = held.get(type)?.get(encoded.name);
          if (other !== undefined) assert.equal(other.version === encoded.version, Buffer.compare(bytesOf(other), bytesOf(encoded)) === 0);
        }
      }
    }), { numRuns: 300 });
  });

  it("has every type that is served, also the empty ones", () => {
    assert.deepEqual([...createSnapshotBuilder().build(proxyPlan([])).types.keys()], typeOrder);
  });

  it("says which policies made a cluster, each once", () => {
    const decision = (policy: string) => ({ policy, item: "to[0]" });
    const decidedBy = { MeshHealthCheck: { "interval": decision("b"), "http.path": decision("a"), "http": decision("b") } };
    const snapshot = createSnapshotBuilder().build(proxyPlan([destinationPlan({ healthCheck: healthCheckPlan(), decidedBy })]));
    const madeFrom = ["a", "b"].map((name) => ({ kind: "MeshHealthCheck", mesh: "default", name }));
    assert.deepEqual(snapshot.types.get(cluster)?.resources.get("backend")?.madeFrom, madeFrom);
    assert.deepEqual(snapshot.types.get(endpoints)?.resources.get("backend")?.madeFrom, []);
  });

  it("blames for a cluster and for its routes those who decided something in it", () => {
    const by = (policy: string) => ({ x: { policy, item: "to[0]" } });
    const destination = destinationPlan({ decidedBy: { MeshHealthCheck: by("c"), MeshRetry: by("r"), MeshTimeout: by("t") } });
    const snapshot = createSnapshotBuilder().build(proxyPlan([destination]));
    const blamed = (type: string, name: string): unknown => snapshot.types.get(type)?.resources.get(name)?.madeFrom.map(({ kind, name: policy }) => `${kind} ${policy}`);
    assert.deepEqual(blamed(cluster, "backend"), ["MeshHealthCheck c", "MeshTimeout t"]);
    assert.deepEqual(blamed(route, "outbound:backend"), ["MeshRetry r", "MeshTimeout t"]);
  });

  it("blames for versions and ciphers of TLS the MeshTLS that they are from", () => {
    const tls: DestinationTlsPlan = { mesh: "default", serverName: "backend", peers: [], use: "always", ciphers: ["ECDHE-ECDSA-AES128-GCM-SHA256"], parametersFrom: ["ciphers"] };
    const decidedBy = { MeshTLS: { tlsCiphers: { policy: "ciphers", item: "rules[0]" } } };
    const inbound: InboundPlan = { listenAddress: "10.0.0.1", listenPort: 80, appAddress: "127.0.0.1", appPort: 8080, protocol: "http", tls: { mesh: "default", mode: "strict" }, decidedBy };
    const { types } = createSnapshotBuilder().build({ ...proxyPlan([destinationPlan({ tls })]), inbounds: [inbound] });
    const key = { kind: "MeshTLS", mesh: "default", name: "ciphers" };
    assert.deepEqual(types.get(cluster)?.resources.get("backend")?.madeFrom, [key]);
    assert.deepEqual(types.get(route)?.resources.get("outbound:backend")?.madeFrom, []);
    const listeners = [...(types.get(listener)?.resources.values() ?? [])].filter(({ name }) => name.startsWith("inbound"));
    assert.deepEqual(listeners.map(({ madeFrom }) => madeFrom), [[key]]);
  });
});

describe("snapshot builder: what proxies share", () => {
  const backend = destinationPlan({ healthCheck: healthCheckPlan() });
  const cache = destinationPlan({ name: "cache", protocol: "tcp", endpoints: { endpoints: [] } });

  it("gives replicas of a service, for an edit, one list of the clusters that changed", () => {
    const builder = createSnapshotBuilder();
    const inbound = { listenPort: 80, appAddress: "127.0.0.1", appPort: 8080, protocol: "http" } as const;
    const replicas = (destinations: DestinationPlan[]) =>
      ["10.0.0.1", "10.0.0.2"].map((listenAddress) =>
        builder.build(proxyPlan(destinations, { proxy: listenAddress, senderTags: "&a=b&", inbounds: [{ ...inbound, listenAddress }] })));
    const payment = destinationPlan({ name: "payment", healthCheck: healthCheckPlan() });
    const edited = { ...backend, healthCheck: healthCheckPlan({ intervalMs: 1000 }) };
    const [before, after] = [replicas([backend, cache, payment]).map(clustersOf), replicas([edited, payment]).map(clustersOf)];
    const [one, other] = after.map((clusters, i) => clusters.since(before[i] ?? clusters));
    assert.equal(one?.changed, other?.changed);
    assert.deepEqual(one?.changed.map(({ name }) => name), ["backend"]);
    assert.deepEqual(one.gone, ["cache"]);
  });

  it("gives the same resources for the same plan", () => {
    const builder = createSnapshotBuilder();
    const plan = proxyPlan([backend]);
    const [once, again] = [builder.build(plan), builder.build(plan)];
    for (const type of [endpoints, listener, route]) assert.equal(once.types.get(type), again.types.get(type));
    assert.deepEqual(content(once), content(again));
  });

  it("takes listeners over that did not change, and makes them anew where the outbounds lead elsewhere", () => {
    const builder = createSnapshotBuilder();
    const plan = proxyPlan([backend]);
    const before = builder.build(plan);
    const led = { ...plan, ...proxyPlan([cache]), inbounds: plan.inbounds };
    assert.notEqual(builder.build(led).types.get(listener)?.version, before.types.get(listener)?.version);
    assert.equal(builder.build({ ...plan, outbounds: [...plan.outbounds] }).types.get(listener), before.types.get(listener));
  });

  it("gives proxies with the same destinations one map of endpoints and one of routes", () => {
    const builder = createSnapshotBuilder();
    const [one, other] = [builder.build(proxyPlan([backend, cache])), builder.build(proxyPlan([backend, cache], { proxy: "other", senderTags: "&a=b&" }))];
    for (const type of [endpoints, route]) assert.equal(one.types.get(type), other.types.get(type));
    assert.equal(resource(one, listener, "outbound:127.0.0.1:10001"), resource(other, listener, "outbound:127.0.0.1:10001"));
    assert.equal(resource(one, cluster, "cache"), resource(other, cluster, "cache"));
  });

  it("changes, when a check changes, that cluster and nothing else", () => {
    const builder = createSnapshotBuilder();
    const before = builder.build(proxyPlan([backend, cache]));
    assert.ok(before.types.get(cluster)?.resources.size);
    const edited: DestinationPlan = { ...backend, healthCheck: healthCheckPlan({ intervalMs: 1000 }) };
    const after = builder.build(proxyPlan([edited, cache]));
    assert.notEqual(resource(after, cluster, "backend")?.version, resource(before, cluster, "backend")?.version);
    assert.notEqual(after.types.get(cluster)?.version, before.types.get(cluster)?.version);
    assert.equal(resource(after, cluster, "cache"), resource(before, cluster, "cache"));
    for (const type of [endpoints, listener, route]) assert.equal(after.types.get(type), before.types.get(type));
  });

  it("gives equal versions when an edit is taken back", () => {
    const builder = createSnapshotBuilder();
    const before = content(builder.build(proxyPlan([backend])));
    builder.build(proxyPlan([{ ...backend, healthCheck: healthCheckPlan({ intervalMs: 1000 }) }]));
    assert.deepEqual(content(builder.build(proxyPlan([{ ...backend }]))), before);
  });

  it("names the sender in the version only where a cluster does", () => {
    const builder = createSnapshotBuilder();
    const versions = (plan: ProxyPlan): string | undefined => builder.build(plan).types.get(cluster)?.version;
    assert.equal(versions(proxyPlan([cache])), versions(proxyPlan([cache], { proxy: "other", senderTags: "&a=b&" })));
    assert.notEqual(versions(proxyPlan([backend])), versions(proxyPlan([backend], { proxy: "other", senderTags: "&a=b&" })));
  });

  it("holds what proxies whose connections are redirected have in common once, and of each only what is its own", () => {
    const builder = createSnapshotBuilder();
    const capture = { inboundPort: 15_006, outboundPort: 15_001, families: ["IPv4"], passthrough: true } as const;
    const destinations = [backend, cache];
    const outbounds = destinations.map((destination, i) => ({ listenAddress: `10.96.0.${i}`, listenPort: 80, captured: true as const, destination }));
    const pod = (listenAddress: string): ProxyPlan => {
      const inbounds = [{ listenAddress, listenPort: 80, appAddress: listenAddress, appPort: 80, protocol: "http", captured: true }] as const;
      return { ...proxyPlan(destinations, { proxy: listenAddress, inbounds, capture }), outbounds };
    };
    const [one, other] = [builder.build(pod("10.1.0.1")), builder.build(pod("10.96.0.1"))].map((snapshot) => snapshot.types.get(listener));
    assert.ok(one);
    assert.ok(other);
    assert.deepEqual([...one.resources.keys()].sort(), ["inbound:10.1.0.1:80", "inbound:passthrough:ipv4", "outbound:10.96.0.0:80", "outbound:10.96.0.1:80", "outbound:passthrough:ipv4"]);
    assert.deepEqual([...other.resources.keys()].sort(), ["inbound:10.96.0.1:80", "inbound:passthrough:ipv4", "outbound:10.96.0.0:80", "outbound:passthrough:ipv4"]);
    assert.equal(other.resources.size, 4);
    assert.equal(one.resources.get("outbound:10.96.0.0:80"), other.resources.get("outbound:10.96.0.0:80"));
    assert.equal(one.sharedVersion, other.sharedVersion);
    assert.notEqual(one.version, other.version);
  });

  it("tells of any edit the clusters and listeners that changed, as a look at each of them does", () => {
    fc.assert(fc.property(anyProxyPlan, anyPlanEdit, (plan, edit) => {
      const builder = createSnapshotBuilder();
      const first = builder.build(plan);
      const second = builder.build(edit(plan), first);
      const whole = createSnapshotBuilder().build(edit(plan));
      assert.deepEqual(content(second), content(whole));
      for (const { name, madeFrom } of second.types.get(cluster)?.resources.values() ?? []) assert.deepEqual(madeFrom, whole.types.get(cluster)?.resources.get(name)?.madeFrom);
      for (const type of [cluster, listener]) {
        const [before, after] = [first, second].map((snapshot) => snapshot.types.get(type)?.resources);
        if (!(before instanceof ProxyResources && after instanceof ProxyResources)) continue;
        const difference = after.since(before);
        if (difference === undefined) continue;
        const changed = [...after.values()].filter(({ name, version }) => before.get(name)?.version !== version);
        assert.deepEqual(difference.changed.map(({ name, version }) => [name, version]), changed.map(({ name, version }) => [name, version]));
        assert.deepEqual(difference.gone, [...before.keys()].filter((name) => !after.has(name)));
        assert.equal(after.size, [...after].length);
      }
    }), { numRuns: 300 });
  });
});

function clustersOf(snapshot: Snapshot): ProxyResources {
  const clusters = snapshot.types.get(cluster)?.resources;
  return clusters instanceof ProxyResources ? clusters : assert.fail("other clusters than a proxy's");
}

function resource(snapshot: Snapshot, type: string, name: string): EncodedResource | undefined {
  return snapshot.types.get(type)?.resources.get(name);
}

function resourcesOf(snapshot: Snapshot): EncodedResource[] {
  return [...snapshot.types.values()].flatMap(({ resources }) => [...resources.values()]);
}

function bytesOf(encoded: EncodedResource): Uint8Array {
  const bytes = new Uint8Array(encoded.byteLength);
  encoded.writeTo(bytes, 0);
  return bytes;
}

/** Everything that goes over the wire, in its order. */
function content(snapshot: Snapshot): unknown {
  return [...snapshot.types].map(([type, { version, resources }]) => [
    type,
    version,
    [...resources].map(([name, encoded]) => [name, encoded.version, bytesOf(encoded)]),
  ]);
}

function decoded(snapshot: Snapshot): XdsResources {
  const served = [...snapshot.types].filter(([type]) => type !== typeUrls.secret);
  return Object.fromEntries(served.map(([type, { resources }]) => [
    type,
    Object.fromEntries([...resources].map(([name, encoded]) => [name, decodeResource(type, bytesOf(encoded))])),
  ]));
}
