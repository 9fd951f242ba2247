import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** A probe that goes over the network. */
export type WireProbe =
  | { readonly kind: "http"; readonly url: string; readonly headers?: readonly (readonly [name: string, value: string])[]; readonly timeoutMs: number }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly timeoutMs: number }
  | { readonly kind: "grpc"; readonly host: string; readonly port: number; readonly service: string; readonly timeoutMs: number };

/** What came of it, in a kubelet's words. */
export interface ProbeVerdict {
  readonly ok: boolean;
  /** Why it failed, as it stands in the Event behind `Readiness probe failed: `; of one that succeeded the body. */
  readonly output: string;
}

/** Probes once, from the network namespace of this process, as a kubelet does: a new connection, any status from 200 to 399 is good. */
export async function probeOverWire(probe: WireProbe): Promise<ProbeVerdict> {
  switch (probe.kind) {
    case "http":
      return await probeHttp(probe);
    case "tcp":
      return await probeTcp(probe);
    case "grpc":
      // Not every pod has to load what gRPC takes.
      return await (await import("./grpc-probe.ts")).probeGrpc(probe);
  }
}

function probeHttp({ url, headers = [], timeoutMs }: Extract<WireProbe, { readonly kind: "http" }>): Promise<ProbeVerdict> {
  const { protocol, hostname, port } = new URL(url);
  const address = `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
  return new Promise((resolve) => {
    const asked = (protocol === "https:" ? requestHttps : requestHttp)(url, { agent: false, rejectUnauthorized: false, headers: asHeaders(headers) }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", (error) => { fail(error); });
      response.once("end", () => {
        clearTimeout(late);
        const status = response.statusCode ?? 0;
        const ok = status >= 200 && status < 400;
        resolve({ ok, output: ok ? Buffer.concat(parts).toString() : `HTTP probe failed with statuscode: ${status}` });
      });
    });
    let local = "";
    asked.once("socket", (socket) => socket.once("connect", () => { local = localAddressOf(socket); }));
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(late);
      resolve({ ok: false, output: `Get "${url}": ${describe(error, address, local)}` });
    };
    asked.once("error", fail);
    const late = setTimeout(() => asked.destroy(new Error("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")), timeoutMs);
    asked.end();
  });
}

/** Every value of a name; a kubelet's own headers where the probe does not say otherwise. */
function asHeaders(headers: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const all: Record<string, string[]> = { "user-agent": ["kube-probe/1.36"], accept: ["*/*"], connection: ["close"] };
  for (const name of new Set(headers.map(([each]) => each.toLowerCase()))) all[name] = headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]));
}

function probeTcp({ host, port, timeoutMs }: Extract<WireProbe, { readonly kind: "tcp" }>): Promise<ProbeVerdict> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (verdict: ProbeVerdict): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(verdict);
    };
    const late = setTimeout(() => { end({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }); }, timeoutMs);
    socket.once("connect", () => { end({ ok: true, output: "" }); });
    socket.once("error", (error: NodeJS.ErrnoException) => { end({ ok: false, output: describe(error, `${host}:${port}`, "") }); });
  });
}

function localAddressOf(socket: Socket): string {
  return `${socket.localAddress ?? ""}:${socket.localPort ?? 0}`;
}

const dialErrors: Readonly<Record<string, string>> = { ECONNREFUSED: "connection refused", EHOSTUNREACH: "no route to host", ENETUNREACH: "network is unreachable" };

/** As Go says it. */
function describe(error: NodeJS.ErrnoException, address: string, local: string): string {
  const dial = dialErrors[error.code ?? ""];
  if (dial !== undefined) return `dial tcp ${address}: connect: ${dial}`;
  // Node.js gives an end without an answer the code of a reset.
  if (error.message === "socket hang up") return "EOF";
  if (error.code === "ECONNRESET" || error.code === "EPIPE") return `read tcp ${local}->${address}: read: connection reset by peer`;
  return error.message;
}
