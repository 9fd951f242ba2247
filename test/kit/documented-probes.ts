import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root } from "../../scripts/lib/root.mjs";
import type { ContainerSpec, PodTemplate, ProbeSpec } from "../../src/core/probe/pod-spec.ts";
import { probersVariable } from "../../src/core/probe/prober.ts";
import { rewritePod } from "../../src/core/probe/rewrite-pod.ts";
import type { WireProbe } from "./pods/wire-probe.ts";

/** The documented probes, as their authors wrote them and as they are once they are rewritten. */
export interface DocumentedProbes {
  readonly http: RewrittenProbe;
  readonly tcp: RewrittenProbe;
  readonly command: RewrittenProbe;
  /** Which no example has. */
  readonly grpc: RewrittenProbe;
  /** What the agent is handed. */
  readonly variable: string;
}

export interface RewrittenProbe {
  readonly before: ProbeSpec;
  readonly after: ProbeSpec;
}

/** Ports that stand for those of the examples: where the app listens, where nothing does, and the agent's. */
export interface ProbePorts {
  readonly http: number;
  readonly tcp: number;
  readonly grpc: number;
  readonly status: number;
}

export const documentedPorts: ProbePorts = { http: 80, tcp: 2940, grpc: 9090, status: 15_020 };

/** Reads the containers of `deploy/kubernetes/probes`, puts them into one pod beside a sidecar, and rewrites its probes. */
export async function documentedProbes(ports: ProbePorts = documentedPorts): Promise<DocumentedProbes> {
  const [http, tcp, command] = await Promise.all([containerIn("http.yaml"), containerIn("tcp.yaml"), containerIn("liveness-command.yaml")]);
  const apps = [
    { ...http, name: "http", readinessProbe: { ...http.readinessProbe, httpGet: { ...http.readinessProbe?.httpGet, port: ports.http } } },
    { ...tcp, name: "tcp", readinessProbe: { ...tcp.readinessProbe, tcpSocket: { port: ports.tcp } } },
    { ...command, name: "command" },
    { name: "grpc", readinessProbe: { grpc: { port: ports.grpc, service: "ready" } } },
  ];
  const annotations = { "sidecar.istio.io/rewriteAppHTTPProbers": "true", "status.sidecar.istio.io/port": String(ports.status) };
  const pod: PodTemplate = { metadata: { annotations }, spec: { containers: [...apps, { name: "istio-proxy" }] } };
  const rewritten = rewritePod(pod, { sidecarName: "istio-proxy", rewriteByDefault: false, defaultStatusPort: 15_020 });
  const probe = (name: string): RewrittenProbe => ({ before: probeOf(pod, name), after: probeOf(rewritten.pod, name) });
  const variable = containerOf(rewritten.pod, "istio-proxy").env?.find((each) => each.name === probersVariable)?.value ?? "";
  return { http: probe("http"), tcp: probe("tcp"), command: probe("command"), grpc: probe("grpc"), variable };
}

/** What goes over the network for a probe of a pod. */
export function overWire({ httpGet, tcpSocket, grpc }: ProbeSpec, address: string): WireProbe {
  const timeoutMs = 15_000;
  if (tcpSocket !== undefined) return { kind: "tcp", host: address, port: Number(tcpSocket.port), timeoutMs };
  if (grpc !== undefined) return { kind: "grpc", host: address, port: Number(grpc.port), service: grpc.service ?? "", timeoutMs };
  const host = address.includes(":") ? `[${address}]` : address;
  const headers = (httpGet?.httpHeaders ?? []).map(({ name, value }) => [name, value] as const);
  return { kind: "http", url: `http://${host}:${String(httpGet?.port)}${httpGet?.path ?? "/"}`, headers, timeoutMs };
}

async function containerIn(file: string): Promise<ContainerSpec> {
  const text = await readFile(path.join(root, "deploy", "kubernetes", "probes", file), "utf8");
  const objects = parseAllDocuments(text).map((document) => document.toJS() as { readonly kind: string; readonly spec: { readonly template: PodTemplate } });
  const [container] = objects.find(({ kind }) => kind === "Deployment")?.spec.template.spec?.containers ?? [];
  if (container === undefined) throw new Error(`${file} has no Deployment`);
  return container;
}

function probeOf(pod: PodTemplate, name: string): ProbeSpec {
  const { readinessProbe, livenessProbe } = containerOf(pod, name);
  return readinessProbe ?? livenessProbe ?? {};
}

function containerOf({ spec }: PodTemplate, name: string): ContainerSpec {
  return spec?.containers?.find((each) => each.name === name) ?? { name };
}
