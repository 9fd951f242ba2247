import { asArray, asObject, asString } from "../base/json.ts";
import type { GrpcProber, HttpGetProber, HttpHeader, Prober, TcpSocketProber } from "./prober.ts";

export type ReadProber = { readonly ok: true; readonly prober: Prober } | { readonly ok: false; readonly problems: readonly string[] };

type Members = Readonly<Record<string, unknown>>;

/** One value of `ISTIO_KUBE_APP_PROBERS` as a prober, or all that is wrong with it. */
export function readProber(value: unknown): ReadProber {
  const members = asObject(value) ?? {};
  const [httpGet, tcpSocket, grpc] = [member(members, "httpGet"), member(members, "tcpSocket"), member(members, "grpc")];
  const kinds = [httpGet, tcpSocket, grpc].filter((kind) => kind !== undefined).length;
  if (kinds !== 1) {
    return { ok: false, problems: [`invalid prober type, must be one of type httpGet, tcpSocket or gRPC, and has ${kinds === 0 ? "none" : kinds} of them`] };
  }
  const problems: string[] = [];
  const timeout = timeoutOf(member(members, "timeoutSeconds"), problems);
  const prober: Prober = {
    ...(httpGet === undefined ? {} : { httpGet: readHttpGet(membersOf(httpGet, "httpGet", problems), problems) }),
    ...(tcpSocket === undefined ? {} : { tcpSocket: readTcpSocket(membersOf(tcpSocket, "tcpSocket", problems), problems) }),
    ...(grpc === undefined ? {} : { grpc: readGrpc(membersOf(grpc, "grpc", problems), problems) }),
    ...(timeout === 0 ? {} : { timeoutSeconds: timeout }),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, prober };
}

/** Go finds members in any case, the last one where there are several; null is nothing said. */
function member(members: Members, name: string): unknown {
  const lower = name.toLowerCase();
  const [, found] = Object.entries(members).findLast(([key]) => key.toLowerCase() === lower) ?? [];
  return found ?? undefined;
}

function membersOf(value: unknown, name: string, problems: string[]): Members | undefined {
  const members = asObject(value);
  if (members === undefined) problems.push(`failed to decode: ${name} must be an object, and is ${JSON.stringify(value)}`);
  return members;
}

function readHttpGet(members: Members | undefined, problems: string[]): HttpGetProber {
  if (members === undefined) return { port: 0 };
  const scheme = textOf(members, "httpGet", "scheme", problems)?.toUpperCase();
  if (scheme !== undefined && scheme !== "HTTP" && scheme !== "HTTPS") problems.push(`httpGet.scheme must be HTTP or HTTPS, and is ${JSON.stringify(scheme)}`);
  const path = textOf(members, "httpGet", "path", problems);
  const host = textOf(members, "httpGet", "host", problems);
  const httpHeaders = headersOf(member(members, "httpHeaders"), problems);
  return {
    ...(path === undefined ? {} : { path }),
    port: portOf(members, "httpGet", problems),
    ...(host === undefined ? {} : { host }),
    ...(scheme === undefined ? {} : { scheme }),
    ...(httpHeaders === undefined ? {} : { httpHeaders }),
  };
}

function readTcpSocket(members: Members | undefined, problems: string[]): TcpSocketProber {
  if (members === undefined) return { port: 0 };
  const host = textOf(members, "tcpSocket", "host", problems);
  return { port: portOf(members, "tcpSocket", problems), ...(host === undefined ? {} : { host }) };
}

function readGrpc(members: Members | undefined, problems: string[]): GrpcProber {
  if (members === undefined) return { port: 0, service: null };
  const service = member(members, "service");
  if (service !== undefined && typeof service !== "string") problems.push(`failed to decode: grpc.service must be a text or null, and is ${JSON.stringify(service)}`);
  return { port: portOf(members, "grpc", problems), service: asString(service) ?? null };
}

function portOf(members: Members, kind: string, problems: string[]): number {
  const port = member(members, "port");
  if (typeof port !== "number" || !Number.isInteger(port)) {
    problems.push(`${kind}.port must be int type, and is ${port === undefined ? "not there" : JSON.stringify(port)}`);
    return 0;
  }
  if (port < 1 || port > 65_535) problems.push(`${kind}.port must be from 1 to 65535, and is ${port}`);
  return port;
}

/** A text; empty is not said. */
function textOf(members: Members, kind: string, name: string, problems: string[]): string | undefined {
  const value = member(members, name);
  if (value !== undefined && typeof value !== "string") problems.push(`failed to decode: ${kind}.${name} must be a text, and is ${JSON.stringify(value)}`);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function headersOf(value: unknown, problems: string[]): readonly HttpHeader[] | undefined {
  if (value === undefined) return undefined;
  const headers = asArray(value)?.map((header): HttpHeader | undefined => {
    const members = asObject(header) ?? {};
    const [name, text] = [member(members, "name"), member(members, "value") ?? ""];
    return typeof name === "string" && typeof text === "string" ? { name, value: text } : undefined;
  });
  if (headers === undefined || headers.includes(undefined)) {
    problems.push(`failed to decode: httpGet.httpHeaders must be a list of name and value, and is ${JSON.stringify(value)}`);
    return undefined;
  }
  return headers.length === 0 ? undefined : headers.filter((header) => header !== undefined);
}

/** Seconds; 0 for what is not said. */
function timeoutOf(value: unknown, problems: string[]): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647) return value;
  problems.push(`failed to decode: timeoutSeconds must be a whole number of seconds, and is ${JSON.stringify(value)}`);
  return 0;
}
