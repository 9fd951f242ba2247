import assert from "node:assert/strict";
import { startHttpApp } from "../kit/apps/http-app.ts";
import type { HttpApp } from "../kit/apps/http-app.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { httpGet } from "../kit/http-request.ts";
import { freePorts } from "../kit/ports.ts";
import { spawnProxy } from "../kit/proxy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";
import { quick } from "./mesh-fixture.ts";

const ejectedMs = 2_500;
const consecutive = 3;

describe("circuit breakers in an Envoy, with endpoints that pass their checks whatever they answer", () => {
  let controlPlane: ControlPlaneProcess;
  let web: HttpApp;
  let apps: readonly HttpApp[] = [];
  let envoy: RunningEnvoy;
  let cluster = "";
  let outbound = 0;
  let inbound = 0;

  before(async function () {
    const binary = await envoyFor(this);
    controlPlane = await ControlPlaneProcess.start();
    [web, ...apps] = await Promise.all([startHttpApp("web"), startHttpApp("shop-a"), startHttpApp("shop-b"), startHttpApp("shop-c")]);
    [outbound = 0, inbound = 0] = await freePorts(2);
    await controlPlane.api.put({ type: "Mesh", name: "default" });
    const endpoints = apps.map(({ port }) => ({ address: "127.0.0.1", port }));
    await controlPlane.api.put({ type: "MeshExternalService", mesh: "default", name: "shop", spec: { match: { port: 80, protocol: "http" }, endpoints } });
    await controlPlane.api.put({
      type: "Dataplane",
      mesh: "default",
      name: "web",
      networking: {
        address: "127.0.0.1",
        inbound: [{ port: inbound, servicePort: web.port, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }],
        outbound: [{ port: outbound, backendRef: { kind: "MeshExternalService", name: "shop" } }],
      },
    });
    await put("MeshHealthCheck", { ...quick, healthyPanicThreshold: 0, http: { expectedStatuses: [200, 500] } });
    await breakShop({});
    envoy = await spawnProxy({ binary, dataplane: "web", controlPlane, variant: "delta", token: "inline" });
    await untilConfigured(0);
  });

  after(async () => {
    await Promise.all([envoy, web, ...apps].map((one) => one.close()));
    await controlPlane.close();
  });

  async function put(type: string, conf: object): Promise<void> {
    await controlPlane.api.put({ type, mesh: "default", name: "shop", spec: { to: [{ targetRef: { kind: "MeshExternalService", name: "shop" }, default: conf }] } });
  }

  async function breakShop(outlierDetection: object): Promise<void> {
    await put("MeshCircuitBreaker", { outlierDetection: { interval: "100ms", baseEjectionTime: `${ejectedMs}ms`, detectors: { totalFailures: { consecutive } }, ...outlierDetection } });
  }

  /** Each edit of the policy sets another limit, by which it is known when Envoy has taken it, and has checked the endpoints anew. */
  async function untilConfigured(threshold: number | undefined): Promise<void> {
    await waitUntil("Envoy holds the policy, and finds all endpoints healthy", async () => {
      for (const [name, config] of await envoy.admin.dynamicClusters()) if (config["outlier_detection"] !== undefined) cluster = name;
      const config = await envoy.admin.dynamicCluster(cluster);
      const panic = (config?.["common_lb_config"] as { readonly healthy_panic_threshold?: { readonly value?: number } } | undefined)?.healthy_panic_threshold;
      const verdicts = await envoy.admin.verdicts(cluster);
      return (panic === undefined ? undefined : (panic.value ?? 0)) === threshold && verdicts.length === apps.length && verdicts.every(({ healthy }) => healthy);
    });
  }

  /** Asks until so many endpoints are out; gives the time at which none was yet. Envoy's workers learn within a second who is out. */
  async function untilOut(count: number): Promise<number> {
    const start = performance.now();
    await waitUntil(`${count} endpoints are out`, async () => {
      await ask(consecutive * apps.length);
      return await out() >= count;
    });
    return start;
  }

  async function out(): Promise<number> {
    return (await envoy.admin.verdicts(cluster)).filter(({ flags }) => flags.includes("failed_outlier_check")).length;
  }

  async function ask(times: number): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < times; i++) statuses.push((await httpGet(outbound)).status);
    return statuses;
  }

  it("take out the one endpoint that fails, though a tenth of three is none, for as long as they say, and have it back", async () => {
    const [bad] = apps;
    assert.ok(bad);
    bad.behaviour = 500;
    const start = await untilOut(1);
    const checked = await envoy.admin.stat(`cluster.${cluster}.health_check.success`);
    await waitUntil("requests go to the others alone", async () => (await ask(12)).every((status) => status === 200));
    assert.equal(await out(), 1, "the endpoint came back too soon");
    await waitUntil("the endpoint is back", async () => await out() === 0);
    assert.ok(performance.now() - start >= ejectedMs, "passing checks had it back before its time");
    assert.ok(await envoy.admin.stat(`cluster.${cluster}.health_check.success`) > checked, "its checks passed meanwhile");
    bad.behaviour = 200;
    await waitUntil("it gets requests again", async () => {
      const before = bad.seen.filter(({ isCheck }) => !isCheck).length;
      await ask(apps.length);
      return bad.seen.filter(({ isCheck }) => !isCheck).length > before;
    });
  });

  it("send everything to the endpoints that are out once too few are left, unless the threshold is 0", async () => {
    const [a, b] = apps;
    assert.ok(a && b);
    a.behaviour = b.behaviour = 500;
    await breakShop({ maxEjectionPercent: 100, baseEjectionTime: "1m", healthyPanicThreshold: 0 });
    await waitUntil("Envoy may take out all of them", async () => {
      const detection = (await envoy.admin.dynamicCluster(cluster))?.["outlier_detection"] as { readonly max_ejection_percent?: number } | undefined;
      return detection?.max_ejection_percent === 100;
    });
    await untilConfigured(0);
    await untilOut(2);
    await waitUntil("requests go to the third alone", async () => (await ask(12)).every((status) => status === 200));
    assert.equal(await out(), 2);

    // It counts more than the 0 of the MeshHealthCheck.
    await breakShop({ maxEjectionPercent: 100, baseEjectionTime: "1m", healthyPanicThreshold: 50 });
    await untilConfigured(50);
    await untilOut(2);
    await waitUntil("requests go to all, in panic", async () => (await ask(12)).includes(500) && await envoy.admin.stat(`cluster.${cluster}.lb_healthy_panic`) > 0);
    assert.equal(await out(), 2);
  });

  it("refuse what is above a limit at once: here, requests to the app behind an inbound", async () => {
    await controlPlane.api.put({ type: "MeshCircuitBreaker", mesh: "default", name: "web", spec: { targetRef: { kind: "Dataplane", name: "web" }, rules: [{ default: { connectionLimits: { maxRequests: 1 } } }] } });
    const local = `localhost:${web.port}`;
    await waitUntil("Envoy holds the limit", async () => (await envoy.admin.dynamicCluster(local))?.["circuit_breakers"] !== undefined);
    web.behaviour = "hang";
    const held = httpGet(inbound);
    await waitUntil("a request is under way", () => web.seen.length === 1);
    const refused = await httpGet(inbound);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers["x-envoy-overloaded"], "true");
    await web.closePort();
    await held;
  });

  it("were all taken, and no listener changed", async () => {
    assert.deepEqual([...(await envoy.admin.stats("update_rejected$"))].filter(([, count]) => count > 0), []);
    assert.equal(await envoy.admin.stat("listener_manager.listener_modified") + await envoy.admin.stat("listener_manager.listener_in_place_updated"), 0);
  });
});
