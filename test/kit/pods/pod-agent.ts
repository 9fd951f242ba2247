import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer } from "node:net";
import type { Socket } from "node:net";
import type { GrpcApp, GrpcBehaviour } from "../apps/grpc-app.ts";
import type { Certificate } from "../certificates.ts";
import { fetchText } from "./fetch-text.ts";
import type { PeerTls } from "./fetch-text.ts";
import { probeOverWire } from "./wire-probe.ts";
import type { WireProbe } from "./wire-probe.ts";

/**
 * What runs inside a pod: the app, and a client that calls others as the app would. It does what its parent asks over IPC; started in the
 * pod's network namespace, so that whatever it connects to or listens on is the pod's.
 */
export type Ask =
  /** Listens, on all addresses unless told otherwise, and answers every request with the status and the name. */
  | ({ readonly kind: "serve"; readonly port: number; readonly name: string } & ServeOptions)
  | { readonly kind: "answer"; readonly port: number; readonly status: number }
  | { readonly kind: "seen"; readonly port: number }
  /** Listens on all addresses and answers gRPC health checks; again: answers them so from now on. */
  | { readonly kind: "serve-grpc"; readonly port: number; readonly behaviour: GrpcBehaviour }
  | { readonly kind: "get"; readonly url: string; readonly tls?: PeerTls }
  /** Connects and waits for the other end to close. */
  | { readonly kind: "connect"; readonly host: string; readonly port: number }
  | { readonly kind: "probe"; readonly probe: WireProbe }
  /** Listens on all addresses; whoever connects is led to a Unix socket, which may be somebody's outside of the namespace. */
  | { readonly kind: "relay"; readonly port: number; readonly socket: string };

export interface ServeOptions {
  /** Where the app listens. Default: all addresses of both families. */
  readonly host?: string;
  /** The app speaks TLS itself. */
  readonly tls?: Certificate;
}

/** A request as the app saw it. */
export interface PodRequest {
  readonly path: string;
  readonly httpVersion: string;
  /** Address from which the connection came. */
  readonly from: string;
  readonly isCheck: boolean;
  /** What its sidecar said of the caller (`x-forwarded-client-cert`). */
  readonly caller?: string;
}

interface PodApp {
  readonly server: Server;
  readonly seen: PodRequest[];
  status: number;
}

const apps = new Map<number, PodApp>();
const grpcApps = new Map<number, GrpcApp>();

process.on("message", ({ id, ask }: { readonly id: number; readonly ask: Ask }) => {
  perform(ask).then(
    (reply) => process.send?.({ id, reply }),
    (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));

function perform(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case "serve":
      return serve(ask);
    case "answer":
      appAt(ask.port).status = ask.status;
      return Promise.resolve(true);
    case "seen":
      return Promise.resolve(appAt(ask.port).seen);
    case "serve-grpc":
      return serveGrpc(ask.port, ask.behaviour);
    case "get":
      return fetchText(ask.url, ask.tls);
    case "connect":
      return untilClosed(ask.host, ask.port);
    case "probe":
      return probeOverWire(ask.probe);
    case "relay":
      return relay(ask.port, ask.socket);
  }
}

function appAt(port: number): PodApp {
  const app = apps.get(port);
  if (app === undefined) throw new Error(`nothing listens on port ${String(port)}`);
  return app;
}

function serve({ port, name, host = "::", tls }: Extract<Ask, { readonly kind: "serve" }>): Promise<boolean> {
  const answer: RequestListener = (request, response) => {
    const from = (request.socket.remoteAddress ?? "").replace("::ffff:", "");
    const caller = request.headers["x-forwarded-client-cert"];
    const isCheck = request.headers["user-agent"] === "Envoy/HC";
    app.seen.push({ path: request.url ?? "", httpVersion: request.httpVersion, from, isCheck, ...(caller === undefined ? {} : { caller: String(caller) }) });
    response.writeHead(app.status, { "content-type": "text/plain" });
    response.end(name);
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer({ ...tls }, answer);
  const app: PodApp = { server, seen: [], status: 200 };
  apps.set(port, app);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => { resolve(true); });
  });
}

async function serveGrpc(port: number, behaviour: GrpcBehaviour): Promise<boolean> {
  // Not every pod has to load what gRPC takes.
  const { startGrpcApp } = await import("../apps/grpc-app.ts");
  const app = grpcApps.get(port) ?? (await startGrpcApp("grpc", undefined, { host: "[::]", port }));
  grpcApps.set(port, app);
  app.behaviour = behaviour;
  return true;
}

function untilClosed(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.setTimeout(10_000, () => socket.destroy(new Error("still open after 10 s")));
    socket.on("close", () => { resolve(true); });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET" || error.code === "EPIPE") resolve(true);
      else reject(error);
    });
    socket.resume();
  });
}

function relay(port: number, socket: string): Promise<boolean> {
  const server = createTcpServer((from) => {
    join(from, connect(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "::", () => { resolve(true); });
  });
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}
