import type { IncomingMessage } from "node:http";
import { withoutUndefined } from "../../../core/base/without-undefined.ts";
import { keyOfRequest } from "../../../core/probe/probe-path.ts";
import type { Prober } from "../../../core/probe/prober.ts";
import type { AgentLog } from "../log.ts";
import type { StatusAnswer } from "../status-route.ts";
import { createDialer, type Dialer } from "./dialer.ts";
import { probeGrpc } from "./grpc-probe.ts";
import { probeHttp } from "./http-probe.ts";
import type { Patience } from "./patience.ts";
import type { ProbeAnswer, Probed, ProbeRequest } from "./probe-answer.ts";
import { reasonOf } from "./reason-of.ts";
import { probeTcp } from "./tcp-probe.ts";

export interface AppProberOptions {
  readonly probers: ReadonlyMap<string, Prober>;
  readonly podIp: string;
  readonly sourceAddress?: string;
  readonly appAddressOf?: (port: number) => string | undefined;
  readonly logger: AgentLog;
  readonly onProbed?: (probed: Probed) => void;
}

/** Asks apps what the kubelet wants to know of them. */
export interface AppProber {
  /** @param patience ended when nobody waits for the answer; ended here when it takes too long. */
  probe(request: IncomingMessage, ownPort: number, patience: Patience): Promise<StatusAnswer>;
}

/** Probes of one path at a time. The kubelet makes one after the other; anybody else may not use us to flood an app. */
const maxAtATime = 64;

export function createAppProber({ probers, podIp, sourceAddress, appAddressOf, logger, onProbed }: AppProberOptions): AppProber {
  const dialer = createDialer({ podIp, ...withoutUndefined({ sourceAddress, appAddressOf }) });
  const underWay = new Map<string, number>();
  const tell = changesOf(logger);
  return {
    async probe(request, ownPort, patience) {
      const path = keyOfRequest(request.url ?? "/");
      const prober = probers.get(path);
      if (prober === undefined) return { status: 400, body: `app prober config does not exists for ${path}\n` };
      const others = underWay.get(path) ?? 0;
      if (others >= maxAtATime) return { status: 503 };
      underWay.set(path, others + 1);
      const beganMs = performance.now();
      const answer = await probeInTime(prober, request, ownPort, dialer, patience);
      underWay.set(path, (underWay.get(path) ?? 1) - 1);
      tell(path, answer);
      onProbed?.({ ...answer, path, kind: kindOf(prober), durationMs: performance.now() - beganMs });
      return { status: answer.status };
    },
  };
}

async function probeInTime(prober: Prober, request: ProbeRequest, ownPort: number, dialer: Dialer, patience: Patience): Promise<ProbeAnswer> {
  const { timeoutSeconds = 0 } = prober;
  const timer = timeoutSeconds > 0 ? setTimeout(() => patience.end(`no answer within ${timeoutSeconds} s`), timeoutSeconds * 1000) : undefined;
  try {
    return await probeOnce(prober, request, ownPort, dialer, patience);
  } catch (error) {
    return { status: 500, reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function probeOnce({ httpGet, tcpSocket, grpc }: Prober, request: ProbeRequest, ownPort: number, dialer: Dialer, patience: Patience): Promise<ProbeAnswer> {
  if (httpGet !== undefined) return await probeHttp(httpGet, request, ownPort, dialer, patience);
  if (tcpSocket !== undefined) await probeTcp(tcpSocket, dialer, patience);
  else if (grpc !== undefined) await probeGrpc(grpc, request, dialer, patience);
  return { status: 200 };
}

function kindOf({ httpGet, tcpSocket }: Prober): Probed["kind"] {
  if (httpGet !== undefined) return "http";
  return tcpSocket === undefined ? "grpc" : "tcp";
}

/** Says when a probe begins to fail, why, and when it is well again; not every time that it fails. */
function changesOf(logger: AgentLog): (path: string, answer: ProbeAnswer) => void {
  const failing = new Set<string>();
  return (probe, { status, reason }) => {
    if (failing.has(probe) === (reason !== undefined)) return;
    if (reason === undefined) {
      failing.delete(probe);
      logger.info({ probe }, "a probe of the app succeeds again");
    } else {
      failing.add(probe);
      logger.warn({ probe, status, reason }, "a probe of the app fails");
    }
  };
}
