import { setTimeout as sleep } from "node:timers/promises";
import type { Pod } from "../pods/pod.ts";
import type { ProbeVerdict } from "../pods/wire-probe.ts";
import type { EventWriter } from "./events.ts";
import type { Container, Handler, Probe } from "./pod-object.ts";
import { ContainerProcess } from "./run-container.ts";
import type { Sandbox } from "./run-container.ts";

/** What a kubelet knows of a container. */
export interface ContainerState {
  started: boolean;
  ready: boolean;
  /** How often its liveness or startup probe would have had it started anew; the kit leaves it running. */
  restarts: number;
}

/** Who probes: a pod's sandbox, and the node, from where probes go over the network. */
export interface Prober {
  readonly sandbox: Sandbox;
  readonly node: Pod;
  readonly events: EventWriter;
  /** Pause between two rounds, in ms. The periods of the probes do not count: tests have no time for them. */
  readonly everyMs: number;
}

/** Tests do not fail because a machine is slow: a probe has at least this long. */
const shortestTimeoutMs = 15_000;

/** Whether a kubelet gives the container time before it probes it. */
export function isDelayed({ startupProbe, readinessProbe, livenessProbe }: Container): boolean {
  return [startupProbe, readinessProbe, livenessProbe].some((probe) => (probe?.initialDelaySeconds ?? 0) > 0);
}

const kinds = { startupProbe: "Startup", readinessProbe: "Readiness", livenessProbe: "Liveness" } as const;

/** Probes a container in rounds until it is told to end; `changed` hears of every state that is new. */
export async function probeContainer(container: Container, prober: Prober, signal: AbortSignal, changed: (state: Readonly<ContainerState>) => void): Promise<void> {
  const state: ContainerState = { started: container.startupProbe === undefined, ready: false, restarts: 0 };
  const streaks = new Map<string, Streak>();
  let told = "";
  const isEnding = (): boolean => signal.aborted;
  while (!isEnding()) {
    for (const kind of state.started ? (["readinessProbe", "livenessProbe"] as const) : (["startupProbe"] as const)) {
      const probe = container[kind];
      const streak = streaks.get(kind) ?? { good: 0, bad: 0 };
      streaks.set(kind, streak);
      if (probe !== undefined) {
        const verdict = await perform(probe, container, prober);
        if (isEnding()) return;
        if (!verdict.ok) prober.events.tell(container.name, "Unhealthy", `${kinds[kind]} probe failed: ${verdict.output}`);
        count(streak, verdict.ok);
      }
      conclude(kind, probe, streak, state);
    }
    const now = JSON.stringify(state);
    if (now !== told) changed({ ...state });
    told = now;
    await sleep(prober.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Streak {
  good: number;
  bad: number;
}

function count(streak: Streak, ok: boolean): void {
  Object.assign(streak, ok ? { good: streak.good + 1, bad: 0 } : { good: 0, bad: streak.bad + 1 });
}

function conclude(kind: keyof typeof kinds, probe: Probe | undefined, streak: Streak, state: ContainerState): void {
  const holds = probe === undefined || streak.good >= (probe.successThreshold ?? 1);
  const fails = probe !== undefined && streak.bad >= (probe.failureThreshold ?? 3);
  if (kind === "readinessProbe") state.ready = fails ? false : holds || state.ready;
  else if (kind === "startupProbe" && holds) state.started = true;
  else if (fails) {
    state.restarts += 1;
    streak.bad = 0;
  }
}

/** Does once what a probe or a hook says. */
export async function perform(handler: Handler & Pick<Probe, "timeoutSeconds">, container: Container, { sandbox, node }: Pick<Prober, "sandbox" | "node">): Promise<ProbeVerdict> {
  const timeoutMs = Math.max(shortestTimeoutMs, (handler.timeoutSeconds ?? 1) * 1000);
  const { httpGet, tcpSocket, grpc, exec } = handler;
  const ip = sandbox.ips[0] ?? "";
  if (httpGet !== undefined) {
    const { scheme = "HTTP", host = ip, path = "/", httpHeaders = [] } = httpGet;
    const url = `${scheme.toLowerCase()}://${host}:${portOf(httpGet.port, container)}${path}`;
    return await node.probe({ kind: "http", url, headers: httpHeaders.map(({ name, value }) => [name, value] as const), timeoutMs });
  }
  if (tcpSocket !== undefined) return await node.probe({ kind: "tcp", host: tcpSocket.host ?? ip, port: portOf(tcpSocket.port, container), timeoutMs });
  if (grpc !== undefined) return await node.probe({ kind: "grpc", host: ip, port: grpc.port, service: grpc.service ?? "", timeoutMs });
  if (exec === undefined) throw new Error(`container ${container.name}: nobody here knows the probe ${JSON.stringify(handler)}`);
  const command = new ContainerProcess(container, exec.command, sandbox);
  const status = await command.ended;
  return { ok: status === 0, output: command.output.tail() };
}

function portOf(port: number | string, { name, ports = [] }: Container): number {
  if (typeof port === "number") return port;
  const found = ports.find((each) => each.name === port)?.containerPort;
  if (found === undefined) throw new Error(`container ${name} has no port ${port}`);
  return found;
}
