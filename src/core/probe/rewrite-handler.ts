import { withoutMembers } from "../base/without-members.ts";
import type { ContainerSpec, GrpcSpec, HandlerSpec, HttpGetSpec, PodTemplate, ProbeSpec, TcpSocketSpec } from "./pod-spec.ts";
import type { Prober } from "./prober.ts";
import { isOwnHost } from "./own-host.ts";
import { resolvePort } from "./resolve-port.ts";

/** What a probe or hook is found in. */
export interface HandlerPlace {
  readonly pod: PodTemplate;
  readonly container: ContainerSpec;
  /** What the kubelet asks the agent for. */
  readonly requestPath: string;
  readonly statusPort: number;
}

export type RewrittenHandler =
  /** Nothing that goes over the network. */
  | { readonly outcome: "untouched" }
  /** It asks the agent already, or something else on the agent's port. */
  | { readonly outcome: "at-agent" }
  /** It stays as its author wrote it, and the author should know why. */
  | { readonly outcome: "left"; readonly reason: string }
  | { readonly outcome: "rewritten"; readonly handler: HandlerSpec; readonly prober: Prober };

const allKinds = ["httpGet", "tcpSocket", "grpc", "exec", "sleep"] as const;

/** A probe or hook, pointed at the agent, and what the agent is to ask in its stead. */
export function rewriteHandler(handler: HandlerSpec, place: HandlerPlace): RewrittenHandler {
  const kinds = allKinds.filter((kind) => handler[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined) return { outcome: "left", reason: "it says nothing that can be asked" };
  if (kinds.length > 1) return { outcome: "left", reason: `it says ${kinds.join(" and ")}, of which only one may be there` };
  if (kind === "exec" || kind === "sleep") return { outcome: "untouched" };
  const asked = askedOf(handler, place);
  if (!asked.ok) return { outcome: "left", reason: asked.reason };
  if (asked.port === place.statusPort) return { outcome: "at-agent" };
  return { outcome: "rewritten", handler: atAgent(handler, place), prober: asked.prober };
}

type Asked = { readonly ok: true; readonly port: number; readonly prober: Prober } | { readonly ok: false; readonly reason: string };

function askedOf(handler: HandlerSpec, { pod, container }: HandlerPlace): Asked {
  const { host = "", scheme = "", port } = targetOf(handler);
  if (host !== "" && !isOwnHost(host, pod)) return { ok: false, reason: `its host ${JSON.stringify(host)} is not this pod's, and the agent asks its own pod alone` };
  if (!/^(https?)?$/i.test(scheme)) return { ok: false, reason: `its scheme ${JSON.stringify(scheme)} is neither HTTP nor HTTPS` };
  const found = resolvePort(port, container, pod);
  return found.ok ? { ok: true, port: found.port, prober: proberOf(handler, found.port) } : found;
}

function targetOf({ httpGet, tcpSocket, grpc }: HandlerSpec): { readonly host?: string; readonly scheme?: string; readonly port?: number | string } {
  return httpGet ?? withoutMembers(tcpSocket ?? withoutMembers(grpc ?? {}, "host"), "scheme");
}

function proberOf(handler: ProbeSpec, port: number): Prober {
  const { httpGet, tcpSocket, grpc, timeoutSeconds = 0 } = handler;
  return {
    ...(httpGet === undefined ? {} : { httpGet: httpGetProber(httpGet, port) }),
    ...(tcpSocket === undefined ? {} : { tcpSocket: tcpSocketProber(tcpSocket, port) }),
    ...(grpc === undefined ? {} : { grpc: grpcProber(grpc, port) }),
    ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
  };
}

function httpGetProber({ path = "", host = "", scheme = "", httpHeaders = [] }: HttpGetSpec, port: number): NonNullable<Prober["httpGet"]> {
  return {
    ...(path === "" ? {} : { path }),
    port,
    ...(host === "" ? {} : { host }),
    ...(scheme === "" ? {} : { scheme }),
    ...(httpHeaders.length === 0 ? {} : { httpHeaders: httpHeaders.map(({ name, value }) => ({ name, value })) }),
  };
}

function tcpSocketProber({ host = "" }: TcpSocketSpec, port: number): NonNullable<Prober["tcpSocket"]> {
  return { port, ...(host === "" ? {} : { host }) };
}

function grpcProber({ service }: GrpcSpec, port: number): NonNullable<Prober["grpc"]> {
  return { port, service: service ?? null };
}

/** Timings and headers stay: the kubelet goes on keeping the one and sending the other. */
function atAgent(handler: HandlerSpec, { requestPath, statusPort }: HandlerPlace): HandlerSpec {
  const httpGet = withoutMembers(handler.httpGet ?? {}, "host");
  const scheme = handler.httpGet?.scheme?.toUpperCase() === "HTTPS" ? { scheme: "HTTP" } : {};
  return { ...withoutMembers(handler, "tcpSocket", "grpc"), httpGet: { ...httpGet, path: requestPath, port: statusPort, ...scheme } };
}
