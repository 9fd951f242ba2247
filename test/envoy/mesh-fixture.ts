import type { Document } from "../kit/api-client.ts";
import { startGrpcApp } from "../kit/apps/grpc-app.ts";
import type { GrpcApp } from "../kit/apps/grpc-app.ts";
import { startHttpApp } from "../kit/apps/http-app.ts";
import type { HttpApp } from "../kit/apps/http-app.ts";
import { startTcpApp } from "../kit/apps/tcp-app.ts";
import type { TcpApp } from "../kit/apps/tcp-app.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { joinMesh } from "../kit/mesh-member.ts";
import type { Member } from "../kit/mesh-member.ts";
import { freePort } from "../kit/ports.ts";
import type { Variant } from "../kit/proxy.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** A caller and the ports on which its Envoy listens for its app. */
export interface Caller extends Member<HttpApp> {
  readonly variant: Variant;
  readonly outbounds: { readonly backend: number; readonly cache: number; readonly payment: number };
}

/** A control plane, a backend (http), a cache (tcp) and a payment (grpc), and two callers of all three: one Envoy in each variant and with each of Envoy's gRPC clients. */
export interface MeshFixture {
  readonly controlPlane: ControlPlaneProcess;
  readonly callers: readonly [Caller, Caller];
  readonly backend: Member<HttpApp>;
  readonly cache: Member<TcpApp>;
  readonly payment: Member<GrpcApp>;
  close(): Promise<void>;
}

/** Starts it all and resolves when both callers have their clusters and listeners. */
export async function startMesh(binary: string): Promise<MeshFixture> {
  const controlPlane = await ControlPlaneProcess.start();
  await controlPlane.api.put({ type: "Mesh", name: "default" });
  const mesh = { binary, controlPlane };
  const [backend, cache, payment, sotw, delta] = await Promise.all([
    startHttpApp("backend-1").then((app) => joinMesh(mesh, app, { service: "backend", protocol: "http" })),
    startTcpApp("cache-1").then((app) => joinMesh(mesh, app, { service: "cache", protocol: "tcp" })),
    startGrpcApp("payment-1").then((app) => joinMesh(mesh, app, { service: "payment", protocol: "grpc" })),
    startCaller(mesh, "sotw"),
    startCaller(mesh, "delta"),
  ]);
  const callers: MeshFixture["callers"] = [sotw, delta];
  const members = [backend, cache, payment, ...callers];
  await Promise.all(callers.map(({ envoy }) => waitUntil(`${envoy.name} serves its four listeners`, async () => {
    return await envoy.admin.stat("listener_manager.total_listeners_active") === 4;
  })));
  const close = async (): Promise<void> => {
    await Promise.all(members.flatMap(({ envoy, app }) => [envoy.close(), app.close()]));
    await controlPlane.close();
  };
  return { controlPlane, callers, backend, cache, payment, close };
}

async function startCaller(mesh: { readonly binary: string; readonly controlPlane: ControlPlaneProcess }, variant: Variant): Promise<Caller> {
  const app = await startHttpApp(`web-${variant}`);
  const outbounds = { backend: await freePort(), cache: await freePort(), payment: await freePort() };
  const member = await joinMesh(mesh, app, { service: "web", protocol: "http", calls: outbounds, variant, token: variant === "delta" ? "inline" : "in-file" });
  return { ...member, variant, outbounds };
}

/** A MeshHealthCheck of all callers for one service. */
export function checkOf(service: string, conf: Readonly<Record<string, unknown>>): Document {
  return {
    type: "MeshHealthCheck",
    name: `web-to-${service}`,
    mesh: "default",
    spec: { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: { kind: "MeshService", name: service }, default: conf }] },
  };
}

/** Timing that makes verdicts quick: two failures a tenth of a second apart. */
export const quick = { interval: "100ms", noTrafficInterval: "100ms", timeout: "200ms", unhealthyThreshold: 2, healthyThreshold: 1 };

/** Waits until a caller's Envoy thinks this of the endpoint. */
export async function untilVerdict(caller: Caller, service: string, endpoint: string, healthy: boolean): Promise<void> {
  await waitUntil(`${caller.envoy.name} finds ${service} ${healthy ? "healthy" : "unhealthy"}`, async () => {
    return (await caller.envoy.admin.verdict(service, endpoint))?.healthy === healthy;
  });
}

/** The only active check of a cluster of a caller; undefined where it has none. */
export async function checkAt(caller: Caller, service: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const cluster = await caller.envoy.admin.dynamicCluster(service);
  return (cluster?.["health_checks"] as readonly Readonly<Record<string, unknown>>[] | undefined)?.[0];
}
