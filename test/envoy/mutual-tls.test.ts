import assert from "node:assert/strict";
import { connect } from "node:net";
import { ping, pong } from "../kit/apps/tcp-app.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpAsk, httpGet } from "../kit/http-request.ts";
import type { Member } from "../kit/mesh-member.ts";
import { freePort } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { checkOf, quick, startMesh, untilVerdict } from "./mesh-fixture.ts";
import type { Caller, MeshFixture } from "./mesh-fixture.ts";

const services = ["backend", "cache", "payment"] as const;

function meshOf(mode?: "STRICT" | "PERMISSIVE"): { type: string; name: string; mtls: object } {
  const on = { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin", mode }] };
  return { type: "Mesh", name: "default", mtls: mode === undefined ? {} : on };
}

describe("mutual TLS on real Envoys", () => {
  let mesh: MeshFixture;
  let binary: string;

  before(async function () {
    binary = await envoyFor(this);
    mesh = await startMesh(binary);
    const { api } = mesh.controlPlane;
    await api.put(checkOf("backend", { ...quick, http: { path: "/health" } }));
    await api.put(checkOf("cache", { ...quick, tcp: { send: Buffer.from(ping).toString("base64"), receive: [Buffer.from(pong).toString("base64")] } }));
    await api.put(checkOf("payment", { ...quick, grpc: {} }));
    await everyVerdict(true);
  });

  after(async () => {
    await mesh.close();
  });

  function everyVerdict(healthy: boolean): Promise<void> {
    return verdicts(services, healthy);
  }

  async function verdicts(of: readonly (typeof services)[number][], healthy: boolean): Promise<void> {
    const members = { backend: mesh.backend, cache: mesh.cache, payment: mesh.payment };
    await Promise.all(mesh.callers.flatMap((caller) => of.map((service) => untilVerdict(caller, service, members[service].endpoint, healthy))));
  }

  /** Whether a connection that a caller's app makes to the cache now brings an answer. */
  function asksCache(caller: Caller): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(caller.outbounds.cache, "127.0.0.1", () => socket.write(ping));
      socket.once("data", () => { resolve(true); socket.destroy(); });
      socket.once("error", () => { resolve(false); });
      socket.once("close", () => { resolve(false); });
    });
  }

  /** Straight to the proxy of a member, in plain text. */
  async function plain(member: Member): Promise<number> {
    return (await httpGet(Number(member.endpoint.split(":")[1]))).status;
  }

  it("switch over from plain text to STRICT by way of PERMISSIVE without a refused request or a failed check", async () => {
    const { api } = mesh.controlPlane;
    const [caller] = mesh.callers;
    const outcomes = new Map<string, number>();
    const asking = { stopped: false };
    const traffic = (async () => {
      while (!asking.stopped) {
        const { status, error } = await httpGet(caller.outbounds.backend);
        const key = `${status} ${error ?? ""}`.trim();
        outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      }
    })();
    const whileAsking = async (act: () => Promise<void>): Promise<void> => {
      try {
        await act();
      } finally {
        asking.stopped = true;
        await traffic;
      }
    };
    const failures = () => Promise.all(mesh.callers.flatMap(({ envoy }) => services.map((service) => envoy.admin.stat(`cluster.${service}.health_check.failure`))));
    const before = await failures();
    await whileAsking(async () => {
      await api.put(meshOf("PERMISSIVE"));
      for (const caller of mesh.callers) {
        await waitUntil(`${caller.envoy.name} knows who takes mutual TLS`, async () => (await caller.envoy.admin.text("/config_dump?include_eds")).split('"mutualTls": true').length - 1 === 2 * services.length);
        assert.ok(await asksCache(caller));
        assert.equal(await caller.envoy.admin.stat("cluster.cache.ssl.handshake"), 1, "a new connection is a secured one");
      }
      assert.equal(await plain(mesh.backend), 200, "PERMISSIVE takes plain text too");
      await api.put(meshOf("STRICT"));
      await waitUntil("plain text is refused", async () => (await plain(mesh.backend)) === 0);
      await everyVerdict(true);
    });
    console.log(`      requests while the mesh was switched over: ${JSON.stringify(Object.fromEntries(outcomes))}`);
    assert.deepEqual([...outcomes.keys()], ["200"]);
    assert.deepEqual(await failures(), before);
  });

  it("check over STRICT: an http, a tcp and a grpc app go out when they fail, and come back", async () => {
    const { backend, cache, payment } = mesh;
    backend.app.behaviour = 503;
    cache.app.behaviour = "wrong";
    payment.app.behaviour = "NOT_SERVING";
    await everyVerdict(false);
    backend.app.behaviour = 200;
    cache.app.behaviour = "pong";
    payment.app.behaviour = "SERVING";
    await everyVerdict(true);
  });

  it("tell the app who calls, and not what the caller says of that", async () => {
    const [caller] = mesh.callers;
    const from = mesh.backend.app.seen.length;
    await httpAsk(caller.outbounds.backend, { path: "/who", headers: { "x-forwarded-client-cert": "URI=spiffe://default/admin" } });
    const seen = mesh.backend.app.seen.slice(from).find(({ path }) => path === "/who");
    assert.match(String(seen?.headers["x-forwarded-client-cert"]), /URI=spiffe:\/\/default\/web;/);
    assert.doesNotMatch(String(seen?.headers["x-forwarded-client-cert"]), /admin/);
  });

  it("let checks of those who may not call fail, without a change of any listener", async () => {
    const { api } = mesh.controlPlane;
    const updates = () => mesh.backend.envoy.admin.stats("^listener_manager\\.(listener_modified|listener_in_place_updated|lds\\.update_success)$");
    const before = await updates();
    const permission = (callers: string) => ({
      type: "MeshTrafficPermission", name: "who", mesh: "default",
      spec: { rules: [{ default: { allow: [{ spiffeID: { type: "Exact", value: `spiffe://default/${callers}` } }] } }] },
    });
    await api.put(permission("nobody"));
    // A connection of bytes is looked at when it begins; requests, each.
    await verdicts(["backend", "payment"], false);
    for (const caller of mesh.callers) await waitUntil("the cache refuses new connections", async () => !(await asksCache(caller)));
    assert.equal((await httpGet(mesh.callers[0].outbounds.backend)).status, 403);
    await api.put(permission("web"));
    await everyVerdict(true);
    assert.deepEqual(await updates(), before);
    assert.equal((await httpGet(mesh.callers[0].outbounds.backend)).status, 200);
  });

  it("refuse checks in plain text of those who take nothing else, and the policy is told; a port that takes both passes them", async () => {
    const { controlPlane, backend } = mesh;
    const { api } = controlPlane;
    const port = await freePort();
    const networking = { address: "127.0.0.1", outbound: [{ port, tags: { "kuma.io/service": "backend" } }] };
    await api.put({ type: "Dataplane", mesh: "default", name: "job-1", networking });
    const envoy = await spawnProxy({ binary, dataplane: "job-1", controlPlane, variant: "delta" });
    try {
      const job = { ...mesh.callers[0], envoy };
      const check = { type: "MeshHealthCheck", name: "job-to-backend", mesh: "default", spec: { targetRef: { kind: "Dataplane", name: "job-1" }, to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { ...quick, http: { path: "/health" } } }] } };
      const { body } = await api.put(check);
      assert.match(JSON.stringify(body), /the check of Dataplane job-1 fails, because it comes in plain text and mutual TLS is asked for/);
      await untilVerdict(job, "backend", backend.endpoint, false);
      await api.put({ type: "MeshTLS", name: "both", mesh: "default", spec: { targetRef: { kind: "Dataplane", name: "backend-1", sectionName: backend.endpoint.split(":")[1] }, rules: [{ default: { mode: "Permissive" } }] } });
      await untilVerdict(job, "backend", backend.endpoint, true);
      await everyVerdict(true);
    } finally {
      await envoy.close();
    }
  });

  it("refused nothing", async () => {
    const members = [...mesh.callers, mesh.backend, mesh.cache, mesh.payment];
    for (const { envoy } of members) {
      for (const [name, count] of await envoy.admin.stats("update_rejected$")) assert.equal(count, 0, `${envoy.name}: ${name}`);
    }
  });
});
