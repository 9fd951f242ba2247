import type { Document } from "./api-client.ts";
import type { App } from "./apps/app.ts";
import type { ControlPlaneProcess } from "./control-plane-process.ts";
import { freePort } from "./ports.ts";
import { spawnProxy } from "./proxy.ts";
import type { ProxyOptions, Variant } from "./proxy.ts";
import type { RunningEnvoy } from "./spawn-envoy.ts";

/** An app behind its own sidecar, known to the control plane. */
export interface Member<A extends App = App> {
  readonly app: A;
  readonly dataplane: Document;
  /** Where the sidecar listens for the other proxies: the endpoint that callers see, as `address:port`. */
  readonly endpoint: string;
  readonly envoy: RunningEnvoy;
}

/** What an app is in the mesh. */
export interface Place {
  /** Its tag `kuma.io/service`. */
  readonly service: string;
  /** Its tag `kuma.io/protocol`. */
  readonly protocol: string;
  /** Services that it calls, each with the port on which its sidecar listens for that. */
  readonly calls?: Readonly<Record<string, number>>;
  /** Variant of xDS of its sidecar; default delta. */
  readonly variant?: Variant;
  /** Where its sidecar has its token; default in a file. */
  readonly token?: ProxyOptions["token"];
}

/** Registers a Dataplane of the app's name and starts its sidecar. */
export async function joinMesh<A extends App>(mesh: { readonly binary: string; readonly controlPlane: ControlPlaneProcess }, app: A, place: Place): Promise<Member<A>> {
  const { binary, controlPlane } = mesh;
  const port = await freePort();
  const dataplane = dataplaneOf(app, port, place);
  await controlPlane.api.put(dataplane);
  const envoy = await spawnProxy({ binary, dataplane: app.name, controlPlane, variant: place.variant ?? "delta", token: place.token ?? "in-file" });
  return { app, dataplane, endpoint: `127.0.0.1:${port}`, envoy };
}

function dataplaneOf(app: App, port: number, { service, protocol, calls = {} }: Place): Document {
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
