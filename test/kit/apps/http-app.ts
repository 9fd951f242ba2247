import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { TLSSocket } from "node:tls";
import type { Certificate } from "../certificates.ts";
import { freePort } from "../ports.ts";
import { Listening } from "./app.ts";
import type { App } from "./app.ts";

/** A status to answer every request with, or no answer at all. */
export type HttpBehaviour = number | "hang";

/** A request as the app saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** True for Envoy's own checks, by their User-Agent. */
  readonly isCheck: boolean;
  /** Common name in the client's certificate; absent without TLS and without a certificate. */
  readonly clientName?: string;
  /** Name that the client asked for in the handshake. */
  readonly serverName?: string;
}

/** TLS of an app: its certificate; with `clientCa`, a client has to have one that this CA signed. */
export interface AppTls extends Certificate {
  readonly clientCa?: string;
}

export interface HttpApp extends App {
  /** Applies to every request that comes from now on, checks and others alike. */
  behaviour: HttpBehaviour;
  /** True: requests that come from now on wait until `release()`. */
  held: boolean;
  /** How many wait. */
  readonly waiting: number;
  /** Answers all that wait, and holds no more. */
  release(): void;
  /** Everything seen so far, oldest first. */
  readonly seen: readonly SeenRequest[];
}

/** Starts an HTTP/1.1 app, with TLS where it has a certificate. It answers with its name as body and as header `x-app`. */
export async function startHttpApp(name: string, tls?: AppTls): Promise<HttpApp> {
  const seen: SeenRequest[] = [];
  const held = new Set<ServerResponse>();
  const app = {
    behaviour: 200 as HttpBehaviour, held: false,
    get waiting() { return held.size; },
    release: () => {
      app.held = false;
      for (const response of held) answer(name, app.behaviour, response);
    },
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(seenRequest(request));
    if (!app.held) {
      answer(name, app.behaviour, response);
      return;
    }
    held.add(response);
    response.once("close", () => held.delete(response));
  };
  const server = tls === undefined
    ? createServer({ keepAliveTimeout: 60_000 }, listener)
    : createTlsServer({ keepAliveTimeout: 60_000, cert: tls.cert, key: tls.key, ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true }) }, listener);
  const listening = new Listening(server, await freePort());
  await listening.open();
  return Object.assign(app, {
    name, seen, port: listening.port,
    closePort: () => listening.close(),
    openPort: () => listening.open(),
    close: () => listening.close(),
  });
}

function answer(name: string, behaviour: HttpBehaviour, response: ServerResponse): void {
  if (behaviour === "hang") return;
  response.writeHead(behaviour, { "x-app": name, "content-type": "text/plain" });
  response.end(`${name}\n`);
}

function seenRequest(request: IncomingMessage): SeenRequest {
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    httpVersion: request.httpVersion,
    headers: request.headers,
    isCheck: request.headers["user-agent"] === "Envoy/HC",
    ...(request.socket instanceof TLSSocket && handshakeOf(request.socket)),
  };
}

function handshakeOf(socket: TLSSocket): Pick<SeenRequest, "clientName" | "serverName"> {
  const clientName = (socket.getPeerCertificate() as { readonly subject?: { readonly CN?: string } }).subject?.CN;
  const { servername } = socket as { readonly servername?: string | false };
  return { ...(clientName !== undefined && { clientName }), ...(typeof servername === "string" && { serverName: servername }) };
}
