import type { ApiClient, Document } from "../../test/kit/api-client.ts";
import { startGrpcApp } from "../../test/kit/apps/grpc-app.ts";
import type { GrpcApp } from "../../test/kit/apps/grpc-app.ts";
import { startHttpApp } from "../../test/kit/apps/http-app.ts";
import type { HttpApp } from "../../test/kit/apps/http-app.ts";
import { startTcpApp } from "../../test/kit/apps/tcp-app.ts";
import type { TcpApp } from "../../test/kit/apps/tcp-app.ts";
import { ControlPlaneProcess } from "../../test/kit/control-plane-process.ts";
import { joinMesh } from "../../test/kit/mesh-member.ts";
import type { Member } from "../../test/kit/mesh-member.ts";
import { freePort } from "../../test/kit/ports.ts";

/** Everything that runs in the demo, with the ports that lead to it. All on 127.0.0.1. */
export interface Stage {
  readonly controlPlane: ControlPlaneProcess;
  readonly api: ApiClient;
  /** Ports on which web's Envoy listens for its app, by the service they lead to. */
  readonly outbounds: { readonly backend: number; readonly cache: number; readonly payment: number };
  readonly web: Member<HttpApp>;
  readonly backends: readonly [Member<HttpApp>, Member<HttpApp>, Member<HttpApp>];
  readonly cache: Member<TcpApp>;
  readonly payment: Member<GrpcApp>;
  readonly members: readonly Member[];
}

/** Starts the control plane, the apps and an Envoy beside each, and tells the control plane of them. */
export async function buildStage(binary: string, mesh: Document = { type: "Mesh", name: "default" }): Promise<Stage> {
  const controlPlane = await ControlPlaneProcess.start();
  const { api } = controlPlane;
  await api.put(mesh);
  const outbounds = { backend: await freePort(), cache: await freePort(), payment: await freePort() };

  const around = { binary, controlPlane };
  const [backend1, backend2, backend3, cache, payment, web] = await Promise.all([
    startHttpApp("backend-1").then((app) => joinMesh(around, app, { service: "backend", protocol: "http" })),
    startHttpApp("backend-2").then((app) => joinMesh(around, app, { service: "backend", protocol: "http" })),
    startHttpApp("backend-3").then((app) => joinMesh(around, app, { service: "backend", protocol: "http" })),
    startTcpApp("cache-1").then((app) => joinMesh(around, app, { service: "cache", protocol: "tcp" })),
    startGrpcApp("payment-1").then((app) => joinMesh(around, app, { service: "payment", protocol: "grpc" })),
    startHttpApp("web-1").then((app) => joinMesh(around, app, { service: "web", protocol: "http", calls: outbounds })),
  ]);
  const backends: Stage["backends"] = [backend1, backend2, backend3];
  const members: readonly Member[] = [web, ...backends, cache, payment];
  return { controlPlane, api, outbounds, web, backends, cache, payment, members };
}

/** Ends everything; what refuses is killed when the process ends. */
export async function clearStage(stage: Stage): Promise<void> {
  await Promise.all(stage.members.flatMap(({ envoy, app }) => [envoy.close(), app.close()]));
  await stage.controlPlane.close();
}
