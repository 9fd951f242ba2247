import type { ApiClient, Document } from "../../test/kit/api-client.ts";
import type { App } from "../../test/kit/apps/app.ts";
import { startGrpcApp } from "../../test/kit/apps/grpc-app.ts";
import type { GrpcApp } from "../../test/kit/apps/grpc-app.ts";
import { startHttpApp } from "../../test/kit/apps/http-app.ts";
import type { HttpApp } from "../../test/kit/apps/http-app.ts";
import { startTcpApp } from "../../test/kit/apps/tcp-app.ts";
import type { TcpApp } from "../../test/kit/apps/tcp-app.ts";
import { ControlPlaneProcess } from "../../test/kit/control-plane-process.ts";
import { freePort } from "../../test/kit/ports.ts";
import { spawnProxy } from "../../test/kit/proxy.ts";
import type { RunningEnvoy } from "../../test/kit/spawn-envoy.ts";

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

/** An app behind its own sidecar. */
export interface Member<A extends App = App> {
  readonly app: A;
  readonly dataplane: Document;
  /** Where the sidecar listens for the other proxies: the endpoint that web's Envoy sees, as `address:port`. */
  readonly endpoint: string;
  readonly envoy: RunningEnvoy;
}

/** Starts the control plane, the apps and an Envoy beside each, and tells the control plane of them. */
export async function buildStage(binary: string): Promise<Stage> {
  const controlPlane = await ControlPlaneProcess.start();
  const { api } = controlPlane;
  await api.put({ type: "Mesh", name: "default" });
  const outbounds = { backend: await freePort(), cache: await freePort(), payment: await freePort() };

  async function member<A extends App>(app: A, service: string, protocol: string, calls: Readonly<Record<string, number>> = {}): Promise<Member<A>> {
    const port = await freePort();
    const dataplane = dataplaneOf(app, { service, protocol, port, calls });
    await api.put(dataplane);
    const envoy = await spawnProxy({ binary, dataplane: app.name, xdsPort: controlPlane.xdsPort, variant: "delta" });
    return { app, dataplane, endpoint: `127.0.0.1:${port}`, envoy };
  }

  const [backend1, backend2, backend3, cache, payment, web] = await Promise.all([
    startHttpApp("backend-1").then((app) => member(app, "backend", "http")),
    startHttpApp("backend-2").then((app) => member(app, "backend", "http")),
    startHttpApp("backend-3").then((app) => member(app, "backend", "http")),
    startTcpApp("cache-1").then((app) => member(app, "cache", "tcp")),
    startGrpcApp("payment-1").then((app) => member(app, "payment", "grpc")),
    startHttpApp("web-1").then((app) => member(app, "web", "http", outbounds)),
  ]);
  const backends: Stage["backends"] = [backend1, backend2, backend3];
  const members: readonly Member[] = [web, ...backends, cache, payment];
  return { controlPlane, api, outbounds, web, backends, cache, payment, members };
}

interface Place {
  readonly service: string;
  readonly protocol: string;
  readonly port: number;
  readonly calls: Readonly<Record<string, number>>;
}

function dataplaneOf(app: App, { service, protocol, port, calls }: Place): Document {
  return {
    type: "Dataplane",
    mesh: "default",
    name: app.name,
    networking: {
      address: "127.0.0.1",
      inbound: [{ port, servicePort: app.port, tags: { "kuma.io/service": service, "kuma.io/protocol": protocol } }],
      outbound: Object.entries(calls).map(([called, at]) => ({ port: at, tags: { "kuma.io/service": called } })),
    },
  };
}

/** Ends everything; what refuses is killed when the process ends. */
export async function clearStage(stage: Stage): Promise<void> {
  await Promise.all(stage.members.flatMap(({ envoy, app }) => [envoy.close(), app.close()]));
  await stage.controlPlane.close();
}
