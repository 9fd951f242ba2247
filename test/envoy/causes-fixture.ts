import type { Socket } from "node:net";
import type { Document } from "../kit/api-client.ts";
import { startHttpApp } from "../kit/apps/http-app.ts";
import type { HttpApp } from "../kit/apps/http-app.ts";
import { startRawApp } from "../kit/apps/raw-app.ts";
import type { RawApp } from "../kit/apps/raw-app.ts";
import { ControlPlaneProcess } from "../kit/control-plane-process.ts";
import { freePort, freePorts } from "../kit/ports.ts";
import { bootstrapOf } from "../kit/proxy.ts";
import { spawnEnvoy } from "../kit/spawn-envoy.ts";
import type { RunningEnvoy } from "../kit/spawn-envoy.ts";
import { waitUntil } from "../kit/wait-until.ts";

/** An app's proxy, and where it listens for other proxies. */
export interface Peer {
  readonly dataplane: Document;
  readonly port: number;
  readonly appPort: number;
  readonly envoy: RunningEnvoy;
}

/** A mesh in which every cause of the guide can be made: one caller, and an app for each cause. */
export interface CausesFixture {
  readonly controlPlane: ControlPlaneProcess;
  readonly web: RunningEnvoy;
  /** Ports on which the caller's proxy listens, by service. */
  readonly calls: Readonly<Record<string, number>>;
  readonly peers: Readonly<Record<string, Peer>>;
  readonly slow: HttpApp;
  close(): Promise<void>;
}

const keepAliveMs = 1_000;

/** Nothing is tried again here unless a policy says so, as in meshes without our default. */
export async function startCauses(binary: string): Promise<CausesFixture> {
  const controlPlane = await ControlPlaneProcess.start({ args: ["--retries-default", "none"] });
  await controlPlane.api.put({ type: "Mesh", name: "default" });
  const racy = await startRacyApp();
  const slow = await startHttpApp("slow");
  const [pod1, pod2, local] = await Promise.all([startHttpApp("pod-1"), startHttpApp("pod-2"), startHttpApp("local")]);
  const services = ["racy", "slow", "pods", "local"];
  const ports = await freePorts(services.length);
  const calls = Object.fromEntries(services.map((service, at) => [service, ports[at] ?? 0]));
  const join = async (name: string, networking: object, port = 0, appPort = 0): Promise<Peer> => {
    const dataplane: Document = { type: "Dataplane", mesh: "default", name, networking };
    await controlPlane.api.put(dataplane);
    const bootstrap = await bootstrapOf({ dataplane: name, controlPlane, variant: "delta", token: "inline" });
    // What Envoy says of itself is evidence: which listener changed, and when.
    return { dataplane, port, appPort, envoy: await spawnEnvoy({ binary, bootstrap, name, logLevel: "info" }) };
  };
  const member = async (name: string, service: string, appPort: number, address = "127.0.0.1"): Promise<Peer> => {
    const port = await freePort();
    return await join(name, { address, inbound: [{ port, servicePort: appPort, tags: { "kuma.io/service": service, "kuma.io/protocol": "http" } }] }, port, appPort);
  };
  const [web, ...members] = await Promise.all([
    join("web-1", { address: "127.0.0.1", inbound: [], outbound: services.map((service) => ({ port: calls[service], tags: { "kuma.io/service": service } })) }),
    member("racy-1", "racy", racy.port), member("slow-1", "slow", slow.port), member("pod-1", "pods", pod1.port), member("pod-2", "pods", pod2.port),
    // The app listens on 127.0.0.1, its proxy looks for it where it listens itself.
    member("local-1", "local", local.port, "127.0.0.2"),
  ]);
  await Promise.all([web, ...members].map(({ envoy, dataplane }) => waitUntil(`${dataplane.name} has its listeners`, async () => {
    return await envoy.admin.stat("listener_manager.total_listeners_active") >= (envoy === web.envoy ? services.length : 1);
  })));
  const close = async (): Promise<void> => {
    await Promise.all([web, ...members].map(({ envoy }) => envoy.close()));
    await Promise.all([racy, slow, pod1, pod2, local].map((app) => app.close()));
    await controlPlane.close();
  };
  return { controlPlane, web: web.envoy, calls, peers: Object.fromEntries(members.map((peer) => [peer.dataplane.name, peer])), slow, close };
}

/**
 * An app with a keep-alive of a second, in which the race is always lost: the request comes just when the connection is being closed. A
 * real app closes by a timer, and only requests of a few microseconds meet it.
 */
async function startRacyApp(): Promise<RawApp> {
  return await startRawApp((socket: Socket) => {
    let answeredAt = Infinity;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      if (performance.now() - answeredAt >= keepAliveMs) {
        socket.destroy();
        return;
      }
      // Long enough that requests at the same time take a connection each.
      setTimeout(() => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        answeredAt = performance.now();
      }, 50);
    });
  });
}
