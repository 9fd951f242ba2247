import type { Agent } from "./agent.ts";
import type { AgentLog } from "./log.ts";
import type { StatusRoute, StatusRoutes } from "./status-route.ts";

export interface SidecarRoutesOptions {
  /** Undefined: there is none yet, for want of a bootstrap. */
  agent(): Agent | undefined;
  /** Ends everything at once. */
  quit(): void;
  /** The same for `/metrics` and `/stats/prometheus`. */
  readonly metrics: StatusRoute;
  readonly logger: AgentLog;
}

/** What a sidecar's agent answers besides probes of apps; paths, methods and words are those of Istio's. */
export function sidecarRoutes({ agent, quit, metrics, logger }: SidecarRoutesOptions): StatusRoutes {
  let last: string | undefined = "";
  const readiness = async (): Promise<string | undefined> => {
    const reason = agent() === undefined ? "there is no bootstrap yet" : await agent()?.notReadyAsSidecar();
    if (reason !== last) logger.info({ ...(reason === undefined ? {} : { reason }) }, reason === undefined ? "ready" : "not ready");
    last = reason;
    return reason;
  };
  return {
    "/healthz/ready": { answer: async () => ({ status: (await readiness()) === undefined ? 200 : 503 }) },
    "/metrics": metrics,
    "/stats/prometheus": metrics,
    "/quitquitquit": { method: "POST", loopbackOnly: true, answer: () => ({ status: 200, body: "OK", sent: quit }) },
    "/drain": {
      method: "POST",
      loopbackOnly: true,
      answer: () => {
        agent()?.drain();
        return { status: 200, body: "OK" };
      },
    },
  };
}
