import assert from "node:assert/strict";
import {
  dataplane,
  healthCheck,
  inboundOf,
  meshNamed,
  meshService,
  outboundsTo,
  putOf,
  toMesh,
  toService,
  worldOf,
} from "../../../test/kit/resources.ts";
import { applyChanges, emptyWorld } from "../model/apply-changes.ts";
import type { DataplaneParts } from "../../../test/kit/resources.ts";
import type { DestinationPlan, ProxyPlan } from "../model/plan.ts";
import type { Resource } from "../model/resource.ts";
import type { Policy } from "../model/target-ref.ts";
import type { World } from "../model/world.ts";
import { createPlanner } from "./planner.ts";

const webToBackend = healthCheck("web-to-backend-check", { kind: "MeshService", name: "web" }, [
  toService("backend", {
    interval: "10s",
    timeout: "2s",
    unhealthyThreshold: 3,
    healthyThreshold: 1,
    http: { path: "/health", expectedStatuses: [200, 201] },
  }),
]);

function web(parts: DataplaneParts = {}): Resource {
  return dataplane("web-1", { inbound: [inboundOf("web")], outbound: outboundsTo("backend"), ...parts });
}

function backend(n: number, parts: DataplaneParts = {}): Resource {
  return dataplane(`backend-${n}`, { address: `10.0.1.${n}`, inbound: [inboundOf("backend")], ...parts });
}

function planOf(world: World, proxy = "web-1"): ProxyPlan {
  const plan = createPlanner().plan(world, "default", proxy);
  assert.ok(plan);
  return plan;
}

function destination(plan: ProxyPlan, name: string): DestinationPlan {
  const found = plan.destinations.find((one) => one.name === name);
  assert.ok(found, `no destination ${name} among ${plan.destinations.map((one) => one.name).join()}`);
  return found;
}

describe("planner", () => {
  it("plans the documented web-to-backend-check", () => {
    const plan = planOf(worldOf(web(), backend(2), backend(1), webToBackend));
    const planned = destination(plan, "backend");
    assert.equal(planned.protocol, "http");
    assert.equal(planned.httpVersion, 2);
    assert.deepEqual(planned.endpoints.endpoints, [{ address: "10.0.1.1", port: 8080 }, { address: "10.0.1.2", port: 8080 }]);
    assert.equal(planned.healthCheck?.intervalMs, 10_000);
    assert.deepEqual(planned.healthCheck.check, {
      kind: "http",
      path: "/health",
      httpVersion: 2,
      expectedStatuses: [200, 201],
      otherStatuses: "count-to-threshold",
      addHeaders: [],
      setHeaders: [],
    });
    assert.deepEqual(planned.decidedBy["MeshHealthCheck"]?.["http.path"], { policy: "web-to-backend-check", item: "to[0]" });
    assert.deepEqual(plan.outbounds, [{ listenAddress: "127.0.0.1", listenPort: 10000, destination: planned }]);
    assert.equal(plan.senderTags, "&kuma.io/protocol=http&&kuma.io/service=web&");
  });

  it("has no plan where there is no mesh or no Dataplane", () => {
    assert.equal(createPlanner().plan(worldOf(web()), "default", "nobody"), undefined);
    assert.equal(createPlanner().plan(worldOf(web()), "other", "web-1"), undefined);
    assert.equal(createPlanner().plan(applyChanges(emptyWorld, [putOf(web())]), "default", "web-1"), undefined);
  });

  it("selects a Dataplane without inbounds by Mesh, and says who it is by its labels", () => {
    const caller = web({ inbound: [], labels: { app: "web", "kuma.io/zone": "default" } });
    const plan = planOf(worldOf(caller, backend(1), healthCheck("all", undefined, [toMesh({ http: {} })])));
    assert.equal(destination(plan, "backend").healthCheck?.check.kind, "http");
    assert.equal(plan.senderTags, "&app=web&&kuma.io/zone=default&");
  });

  it("leaves out endpoints that are not ready, and keeps the protocol when the last one goes", () => {
    const states = [{ state: "NotReady" as const }, { health: { ready: false } }, { health: {} }, { state: "Ignored" as const }];
    const gone = states.map((state, i) => backend(i + 1, { inbound: [inboundOf("backend", state)] }));
    const planned = destination(planOf(worldOf(web(), ...gone, webToBackend)), "backend");
    assert.deepEqual(planned.endpoints.endpoints, []);
    assert.equal(planned.protocol, "http");
    assert.equal(planned.healthCheck?.check.kind, "http");
  });

  it("takes the check away when one endpoint says no protocol", () => {
    const silent = backend(2, { inbound: [inboundOf("backend", { protocolTag: "" })] });
    const planned = destination(planOf(worldOf(web(), backend(1), silent, webToBackend)), "backend");
    assert.equal(planned.protocol, "unknown");
    assert.equal(planned.healthCheck, undefined);
    assert.equal(planned.httpVersion, undefined);
  });

  it("asks of tag-named endpoints all tags of the outbound", () => {
    const v2 = backend(2, { inbound: [inboundOf("backend", { tags: { version: "v2" } })] });
    const caller = web({ outbound: [{ port: 1, tags: { "kuma.io/service": "backend", version: "v2" } }, ...outboundsTo("backend")] });
    const plan = planOf(worldOf(caller, backend(1), v2, webToBackend));
    const part = plan.outbounds[0]?.destination;
    assert.match(part?.name ?? "", /^backend-[0-9a-f]{16}$/);
    assert.deepEqual(part?.endpoints.endpoints, [{ address: "10.0.1.2", port: 8080 }]);
    assert.equal(part.healthCheck?.check.kind, "http");
    assert.equal(destination(plan, "backend").endpoints.endpoints.length, 2);
  });

  describe("with MeshServices", () => {
    const service = meshService("backend", {
      selector: { dataplaneTags: { "kuma.io/service": "backend" } },
      ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }, { port: 90, name: "admin", targetPort: "admin" }],
    });
    const provider = backend(1, { inbound: [inboundOf("backend"), inboundOf("backend", { port: 9090, name: "admin" })] });
    const caller = web({
      outbound: [
        { port: 1, backendRef: { kind: "MeshService", name: "backend", port: 80 } },
        { port: 2, backendRef: { kind: "MeshService", name: "backend", port: 90 } },
        { port: 3, backendRef: { kind: "MeshService", name: "backend", port: 99 } },
        { port: 4, backendRef: { kind: "MeshService", name: "gone", port: 80 } },
      ],
    });

    it("names clusters by KRI, and finds endpoints by port number and by name", () => {
      const plan = planOf(worldOf(caller, provider, service, webToBackend));
      const http = destination(plan, "kri_msvc_default_default__backend_80");
      assert.deepEqual(http.endpoints.endpoints, [{ address: "10.0.1.1", port: 8080 }]);
      assert.equal(http.displayName, "backend:80");
      assert.equal(http.healthCheck?.check.kind, "http");
      const admin = destination(plan, "kri_msvc_default_default__backend_admin");
      assert.deepEqual(admin.endpoints.endpoints, [{ address: "10.0.1.1", port: 9090 }]);
      assert.equal(admin.protocol, "tcp");
      assert.equal(admin.healthCheck, undefined);
    });

    it("serves no outbound that leads nowhere, and says so", () => {
      const plan = planOf(worldOf(caller, provider, service));
      assert.equal(plan.outbounds.length, 2);
      assert.deepEqual(plan.notices.map(({ code, path }) => [code, path]), [
        ["unresolved-target", "networking.outbound[2]"],
        ["unresolved-target", "networking.outbound[3]"],
      ]);
      assert.match(plan.notices[0]?.message ?? "", /backend has the ports 80, 90, not 99/);
    });

    for (const [how, selector] of [
      ["labels", { dataplaneLabels: { matchLabels: { app: "x" } } }],
      ["name", { dataplaneRef: { name: "backend-1" } }],
    ] as const) {
      it(`selects endpoints by ${how}`, () => {
        const chosen = meshService("backend", { selector, ports: [{ port: 80, targetPort: 8080 }] });
        const labelled = backend(1, { labels: { app: "x" } });
        const plan = planOf(worldOf(caller, labelled, backend(2), chosen));
        assert.deepEqual(plan.destinations[0]?.endpoints.endpoints, [{ address: "10.0.1.1", port: 8080 }]);
      });
    }

    it("finds the oldest of several by labels", () => {
      const made = (name: string, creationTime: string): Resource =>
        ({ ...meshService(name, { selector: {}, ports: [{ port: 80 }] }, { app: "b" }), creationTime });
      const byLabels = web({ outbound: [{ port: 1, backendRef: { kind: "MeshService", labels: { app: "b" }, port: 80 } }] });
      const plan = planOf(worldOf(byLabels, made("a", "2025-02-01T00:00:00Z"), made("z", "2025-01-01T00:00:00Z")));
      assert.deepEqual(plan.destinations.map(({ displayName }) => displayName), ["z:80"]);
    });
  });

  it("knows a Kubernetes Service by its bare name when the operator's policy says it", () => {
    const tag = "backend_shop_svc_80";
    const caller = web({ inbound: [inboundOf("web_shop_svc_80")], outbound: outboundsTo(tag) });
    const provider = backend(1, { inbound: [inboundOf(tag)] });
    const named = (labels: Record<string, string>): Policy =>
      healthCheck("p", { kind: "MeshService", name: "web" }, [toService("backend", { http: {} })], labels);
    const isChecked = (namespace: string): boolean => {
      const world = worldOf(caller, provider, named({ "k8s.kuma.io/namespace": namespace }));
      return destination(planOf(world), tag).healthCheck !== undefined;
    };
    assert.equal(isChecked("kong-mesh-system"), true);
    assert.equal(isChecked("shop"), true);
    assert.equal(isChecked("elsewhere"), false);
  });

  it("knows whom a Kubernetes Service's derived name selects, with and without the port", () => {
    const caller = web({ inbound: [inboundOf("web_shop_svc_80")] });
    for (const name of ["web", "web_shop_svc", "web_shop_svc_80"]) {
      const policy = healthCheck("p", { kind: "MeshService", name }, [toService("backend", { http: {} })]);
      assert.equal(destination(planOf(worldOf(caller, backend(1), policy)), "backend").healthCheck?.check.kind, "http", name);
    }
  });

  it("listens where Dataplanes say, and never sends an app's traffic back to itself", () => {
    const inbound = [
      { port: 80 },
      { port: 81, servicePort: 8081 },
      { port: 82, servicePort: 82, serviceAddress: "127.0.0.9" },
      { port: 83, address: "10.0.0.2", servicePort: 8083, tags: { "kuma.io/protocol": "grpc" } },
      { port: 84, state: "Ignored" as const },
    ];
    const { inbounds } = planOf(worldOf(web({ inbound })));
    const texts = inbounds.map((one) => `${one.listenAddress}:${one.listenPort} ${one.appAddress}:${one.appPort} ${one.protocol}`);
    assert.deepEqual(texts, [
      "10.0.0.1:80 127.0.0.1:80 unknown",
      "10.0.0.1:81 10.0.0.1:8081 unknown",
      "10.0.0.1:82 127.0.0.9:82 unknown",
      "10.0.0.2:83 10.0.0.2:8083 grpc",
    ]);
  });

  it("looks at shadow policies only when asked", () => {
    const shadow = { ...webToBackend, labels: { "kuma.io/effect": "shadow" } };
    const world = worldOf(web(), backend(1), shadow);
    assert.equal(destination(planOf(world), "backend").healthCheck, undefined);
    const plan = createPlanner({ shadow: true }).plan(world, "default", "web-1");
    assert.equal(plan?.destinations[0]?.healthCheck?.check.kind, "http");
  });

  describe("identity", () => {
    const web2 = dataplane("web-2", { address: "10.0.0.2", inbound: [inboundOf("web")], outbound: outboundsTo("other", "backend") });
    const other = dataplane("other-1", { address: "10.0.3.1", inbound: [inboundOf("other")] });
    const world = worldOf(web(), web2, backend(1), other, webToBackend);

    it("gives two proxies the same object for the same destination", () => {
      const planner = createPlanner();
      const [one, two] = ["web-1", "web-2"].map((name) => planner.plan(world, "default", name)!) as [ProxyPlan, ProxyPlan];
      assert.equal(destination(one, "backend"), destination(two, "backend"));
    });

    it("gives the very same plan while nothing changes for a proxy", () => {
      const planner = createPlanner();
      const before = planner.plan(world, "default", "web-1");
      const unrelated = healthCheck("other", { kind: "MeshService", name: "nobody" }, [toMesh({ tcp: {} })]);
      const inert = healthCheck("a-lower-one", { kind: "Mesh" }, [toService("nobody", { tcp: {} })]);
      const next = applyChanges(world, [putOf(unrelated), putOf(inert), putOf(backend(9, { inbound: [inboundOf("else")] }))]);
      assert.equal(planner.plan(next, "default", "web-1"), before);
    });

    it("changes the endpoints only of the service that changed, and comes back to the same objects", () => {
      const planner = createPlanner();
      const before = planner.plan(world, "default", "web-2")!;
      const away = applyChanges(world, [putOf(backend(1, { inbound: [inboundOf("backend", { state: "NotReady" })] }))]);
      const during = planner.plan(away, "default", "web-2")!;
      assert.equal(destination(during, "other"), destination(before, "other"));
      assert.notEqual(destination(during, "backend").endpoints, destination(before, "backend").endpoints);
      const after = planner.plan(applyChanges(away, [putOf(backend(1))]), "default", "web-2")!;
      assert.equal(destination(after, "backend"), destination(before, "backend"));
    });

    it("does not share between meshes, where one policy name means two policies", () => {
      const elsewhere = [web({ mesh: "two" }), backend(1, { mesh: "two" }), { ...webToBackend, mesh: "two" }, meshNamed("two")];
      const both = applyChanges(world, elsewhere.map(putOf));
      const planner = createPlanner();
      const [one, two] = ["default", "two"].map((mesh) => planner.plan(both, mesh, "web-1")!) as [ProxyPlan, ProxyPlan];
      assert.notEqual(destination(one, "backend"), destination(two, "backend"));
      assert.deepEqual(destination(one, "backend"), destination(two, "backend"));
    });
  });
});
