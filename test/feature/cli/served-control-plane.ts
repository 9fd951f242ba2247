import type { AddressInfo } from "node:net";
import { admin } from "../../../src/core/access/identity.ts";
import { defaultCompatibility } from "../../../src/core/policy/compatibility.ts";
import { createApiServer } from "../../../src/edge/api/api-server.ts";
import { readDocuments } from "../../../src/edge/source/read-documents.ts";
import { version } from "../../../src/main/version.ts";
import { startControlPlane, type ControlPlane } from "../../kit/control-plane.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { resource } from "../../kit/small-world.ts";
import { command, type CommandResult } from "./command.ts";

/** Store, pipeline, xDS and the API on a socket, in this process, with the mesh `default`; and the command line to talk to it. */
export interface ServedControlPlane {
  readonly plane: ControlPlane;
  readonly address: string;
  /** Runs a command with this control plane as the active one. */
  run(args: readonly string[], input?: string): Promise<CommandResult>;
  stop(): Promise<void>;
}

/** @param token what requests have to show, so that tests see that it is sent. */
export async function serveControlPlane(token?: string): Promise<ServedControlPlane> {
  const plane = await startControlPlane([resource({ type: "Mesh", name: "default" })]);
  const { store, pipeline } = plane;
  const logger = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const identity = { product: "probeplane", version, hostname: "host", instanceId: "host-1a2b", clusterId: "c0ffee" };
  const app = createApiServer({
    context: { resources: store, writer: store, view: pipeline, compatibility: defaultCompatibility, identity, readDocuments, configuration: {}, logger },
    listenHost: "127.0.0.1",
    authenticate: ({ authorization }) => Promise.resolve(token === undefined || authorization === `Bearer ${token}` ? admin : "missing"),
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const config = await scratchFolder("config");
  return {
    plane,
    address,
    run: (args, input) => command(args, input, { XDG_CONFIG_HOME: config, PROBEPLANE_ADDRESS: address }),
    stop: async () => {
      await app.close();
      await plane.stop();
    },
  };
}
