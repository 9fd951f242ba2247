import assert from "node:assert/strict";
import { Set as ImmutableSet } from "immutable";
import { applyChanges, changesTo, emptyWorld } from "../model/apply-changes.ts";
import type { DestinationPlan, ProxyPlan } from "../model/plan.ts";
import type { Resource } from "../model/resource.ts";
import type { World } from "../model/world.ts";
import { createPlanner } from "./planner.ts";

function meshOf(mode: "STRICT" | "PERMISSIVE" | undefined): Resource {
  const mtls = mode === undefined ? {} : { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin", mode }] };
  return { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls } };
}

function dataplane(name: string, networking: object, labels: Record<string, string> = {}): Resource {
  return { kind: "Dataplane", mesh: "default", name, labels, spec: { networking: { address: "192.168.0.1", ...networking } } };
}

const inbound = (service: string, port = 80) => ({ port, tags: { "kuma.io/service": service, version: "v1" } });
const toBackend = { outbound: [{ port: 10001, tags: { "kuma.io/service": "backend" } }] };
const service: Resource = { kind: "MeshService", mesh: "default", name: "backend", labels: {}, spec: { selector: { dataplaneTags: { version: "v1" } }, ports: [{ port: 80 }] } };
const web = dataplane("web-1", { inbound: [inbound("web")], ...toBackend });
const backend = dataplane("backend-1", { address: "192.168.0.2", inbound: [inbound("backend")] });

function worldOf(...resources: Resource[]): World {
  return applyChanges(emptyWorld, changesTo(emptyWorld, resources));
}

function planOf(world: World, proxy = "web-1"): ProxyPlan {
  const plan = createPlanner().plan(world, "default", proxy);
  assert.ok(plan);
  return plan;
}

function destinationOf(world: World, proxy = "web-1"): DestinationPlan {
  const [destination] = planOf(world, proxy).destinations;
  assert.ok(destination);
  return destination;
}

function ready(world: World, ...names: string[]): World {
  const mesh = world.meshes.get("default");
  assert.ok(mesh);
  return { meshes: world.meshes.set("default", { ...mesh, readyForTls: ImmutableSet(names) }) };
}

describe("mutual TLS, planned", () => {
  it("is not there where the Mesh has none", () => {
    const world = worldOf(meshOf(undefined), web, backend);
    assert.equal(destinationOf(world).tls, undefined);
    assert.equal(planOf(world).identity, undefined);
  });

  it("names a proxy by its services, then by its tags", () => {
    assert.deepEqual(planOf(worldOf(meshOf("STRICT"), dataplane("web-1", { inbound: [inbound("web"), inbound("admin", 81)] }))).identity, {
      mesh: "default",
      backend: "ca",
      names: ["spiffe://default/admin", "spiffe://default/web", "kuma://kuma.io/service/admin", "kuma://kuma.io/service/web", "kuma://version/v1"],
      certificateLifetimeMs: 86_400_000,
    });
  });

  it("names a proxy without services by its workload, and leaves who has neither in plain text", () => {
    const [known, unknown] = [dataplane("job-1", toBackend, { "kuma.io/workload": "job" }), dataplane("job-2", toBackend)];
    const world = worldOf(meshOf("STRICT"), known, unknown, backend);
    assert.deepEqual(planOf(world, "job-1").identity?.names, ["spiffe://default/job"]);
    assert.equal(planOf(world, "job-2").identity, undefined);
    assert.notEqual(destinationOf(world, "job-1").tls, undefined);
    assert.equal(destinationOf(world, "job-2").tls, undefined);
  });

  it("is spoken to all endpoints of a service where the mesh is STRICT, and the peer has to be that service", () => {
    const { tls, endpoints } = destinationOf(worldOf(meshOf("STRICT"), web, backend));
    assert.deepEqual(tls, { mesh: "default", serverName: "backend{mesh=default}", peers: [{ match: "exact", value: "spiffe://default/backend" }], use: "always" });
    assert.deepEqual(endpoints.endpoints, [{ address: "192.168.0.2", port: 80 }]);
  });

  it("is spoken where the mesh is PERMISSIVE to the endpoints that are ready", () => {
    const another = dataplane("backend-2", { address: "192.168.0.3", inbound: [inbound("backend")] });
    const world = worldOf(meshOf("PERMISSIVE"), web, backend, another);
    assert.equal(destinationOf(world).tls?.use, "marked-endpoints");
    const marks = (of: World) => destinationOf(of).endpoints.endpoints.map(({ mutualTls }) => mutualTls);
    assert.deepEqual(marks(world), [true, true], "without knowing better");
    assert.deepEqual(marks(ready(world)), [undefined, undefined]);
    assert.deepEqual(marks(ready(world, "backend-2")), [undefined, true]);
  });

  it("is replanned when somebody has become ready, with everything else as it was", () => {
    const planner = createPlanner();
    const world = ready(worldOf(meshOf("PERMISSIVE"), web, backend));
    const plan = (of: World) => planner.plan(of, "default", "web-1");
    const [before, after] = [plan(world), plan(ready(world, "backend-1"))];
    assert.notEqual(after, before);
    assert.equal(after?.inbounds, before?.inbounds);
    assert.equal(plan(ready(world, "backend-1", "web-1")), after, "nobody calls web");
  });

  it("takes for a MeshService who its proxies are, or who it says, or anyone where there is nobody", () => {
    const caller = dataplane("web-1", { inbound: [inbound("web", 81)], outbound: [{ port: 10001, backendRef: { kind: "MeshService", name: "backend", port: 80 } }] });
    const other = dataplane("other-1", { address: "192.168.0.3", inbound: [inbound("other")] });
    const peers = (of: Resource, ...more: Resource[]) => destinationOf(worldOf(meshOf("STRICT"), caller, of, ...more)).tls?.peers;
    assert.deepEqual(peers(service, backend, other), [{ match: "exact", value: "spiffe://default/backend" }, { match: "exact", value: "spiffe://default/other" }]);
    assert.deepEqual(peers(service), [{ match: "prefix", value: "spiffe://default/" }]);
    const identities = [{ type: "ServiceTag", value: "x" }, { type: "SpiffeID", value: "spiffe://default/y" }];
    assert.deepEqual(peers({ ...service, spec: { ...(service.spec as object), identities } }), [{ match: "exact", value: "spiffe://default/x" }, { match: "exact", value: "spiffe://default/y" }]);
    assert.match(destinationOf(worldOf(meshOf("STRICT"), caller, service)).tls?.serverName ?? "", /^a[0-9a-f]+\.backend\.80\.default\.ms$/);
  });

  it("is taken by inbounds of proxies that have something to show, and by strict ones, which take nothing else", () => {
    const nobody = dataplane("job-1", { inbound: [{ port: 80 }] });
    const modes = (mode: "STRICT" | "PERMISSIVE") => ["web-1", "job-1"].map((name) => planOf(worldOf(meshOf(mode), web, nobody), name).inbounds[0]?.tls?.mode);
    assert.deepEqual(modes("STRICT"), ["strict", "strict"]);
    assert.deepEqual(modes("PERMISSIVE"), ["permissive", undefined]);
  });

  it("keeps redirected connections from coming past strict inbounds, by ports that the proxy does not know", () => {
    const captured = dataplane("web-1", { inbound: [inbound("web")], transparentProxying: { redirectPortInbound: 15006, redirectPortOutbound: 15001 } });
    const refuses = (...resources: Resource[]) => planOf(worldOf(captured, ...resources)).capture?.refusesUndeclared;
    assert.deepEqual([refuses(meshOf(undefined)), refuses(meshOf("PERMISSIVE")), refuses(meshOf("STRICT"))], [undefined, undefined, true]);
    const policy = (mode: string): Resource => ({ kind: "MeshTLS", mesh: "default", name: "p", labels: {}, spec: { rules: [{ default: { mode } }] } });
    assert.deepEqual([refuses(meshOf("PERMISSIVE"), policy("Strict")), refuses(meshOf("STRICT"), policy("Permissive"))], [true, undefined]);
  });

  it("keeps them from coming past one strict inbound by another address, where the others take plain text", () => {
    const captured = dataplane("web-1", { inbound: [inbound("web"), { ...inbound("admin"), port: 9000 }], transparentProxying: { redirectPortInbound: 15006, redirectPortOutbound: 15001 } });
    const one: Resource = { kind: "MeshTLS", mesh: "default", name: "p", labels: {}, spec: { targetRef: { kind: "Dataplane", name: "web-1", sectionName: "9000" }, rules: [{ default: { mode: "Strict" } }] } };
    const captureOf = (mode: "STRICT" | "PERMISSIVE") => planOf(worldOf(captured, meshOf(mode), one)).capture;
    assert.deepEqual([captureOf("PERMISSIVE")?.refusedPorts, captureOf("PERMISSIVE")?.refusesUndeclared], [[9000], undefined]);
    assert.equal(captureOf("STRICT")?.refusedPorts, undefined);
    assert.equal(captureOf("PERMISSIVE"), captureOf("PERMISSIVE"), "equal plans are one object");
  });

  it("is known to callers where a MeshTLS has made an inbound strict, by the versions that it says for the mesh", () => {
    const strict: Resource = { kind: "MeshTLS", mesh: "default", name: "a", labels: {}, spec: { targetRef: { kind: "Dataplane", name: "backend-1" }, rules: [{ default: { mode: "Strict" } }] } };
    const versions: Resource = { kind: "MeshTLS", mesh: "default", name: "b", labels: {}, spec: { rules: [{ default: { tlsVersion: { min: "TLS13" } } }] } };
    const world = ready(worldOf(meshOf("PERMISSIVE"), web, backend, strict, versions));
    const { tls, endpoints } = destinationOf(world);
    assert.deepEqual([tls?.minVersion, endpoints.endpoints[0]?.mutualTls], ["1.3", true]);
    assert.deepEqual(tls?.parametersFrom, ["b"]);
    assert.equal(planOf(world).inbounds[0]?.tls?.minVersion, "1.3");
  });
});
