import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Prober } from "../../core/probe/prober.ts";
import { probePathPrefixes } from "../../core/probe/probe-path.ts";
import { answerRoute, pathOf, send } from "./answer-route.ts";
import type { AgentLog } from "./log.ts";
import { createAppProber } from "./probes/app-prober.ts";
import { Patience } from "./probes/patience.ts";
import type { Probed } from "./probes/probe-answer.ts";
import type { StatusRoutes } from "./status-route.ts";

export interface StatusServerOptions {
  /** What the apps are asked, by the agent's path. */
  readonly probers: ReadonlyMap<string, Prober>;
  /** The pod's address, which is all that is dialled. Empty: this machine. */
  readonly podIp: string;
  /** From where the apps are asked; absent: the system's choice, for a pod whose connections nobody redirects. See `findSourceAddress`. */
  readonly sourceAddress?: string;
  /** Where the app behind a port listens, if not at the pod's address. */
  readonly appAddressOf?: (port: number) => string | undefined;
  /** What is answered besides. Default: nothing, with 404. */
  readonly routes?: StatusRoutes;
  readonly logger: AgentLog;
  /** Told of every probe that is over. */
  readonly onProbed?: (probed: Probed) => void;
}

/** The agent's server on the status port: probes of the apps, and the routes it was given. */
export interface StatusServer {
  /** @param address `host` absent: all addresses of both families. @throws when it cannot listen there. */
  listen(address: { readonly host?: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Ends what is under way and lets go of the port. */
  close(): Promise<void>;
}

const limits = {
  /** Names and values of a request's headers together, in bytes. */
  maxHeaderSize: 64 * 1024,
  /** A request has to arrive whole within this. */
  requestTimeout: 10_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
} as const;

/** A further connection is closed at once. */
const maxConnections = 4_000;

export function createStatusServer({ routes = {}, ...options }: StatusServerOptions): StatusServer {
  const { logger } = options;
  const apps = createAppProber(options);
  const server = createServer({ ...limits }, (request, response) => void answer(request, response));
  server.maxConnections = maxConnections;
  let ownPort = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const isProbe = probePathPrefixes.some((prefix) => path.startsWith(prefix));
    if (route === undefined && !isProbe) {
      send(response, { status: 404, body: "404 page not found\n" });
      return;
    }
    if (route !== undefined) {
      await answerRoute({ route, request, response, logger });
      return;
    }
    const patience = new Patience();
    response.once("close", () => patience.end("no answer before the one who asked went away"));
    send(response, await apps.probe(request, ownPort, patience));
  }

  return {
    async listen(address) {
      ownPort = await listen(server, address);
      return { port: ownPort };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: { readonly host?: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : address.port);
    });
  });
}
