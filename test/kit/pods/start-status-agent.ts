import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { endChild, endWithUs } from "../children.ts";
import type { Pod } from "./pod.ts";
import { sidecarGroup } from "./sidecar.ts";

const agentFile = fileURLToPath(new URL("status-agent.ts", import.meta.url));

export interface StatusAgentOptions {
  /** The pod's address, as the agent is told. */
  readonly podIp: string;
  /** What it asks the app (`ISTIO_KUBE_APP_PROBERS`). */
  readonly probers: string;
  /** Where the app listens, if not there (`PROBEPLANE_APP_ADDRESS`). */
  readonly appAddress?: string;
}

/** The agent's server on the status port, in a pod, as one of the sidecar's own. Resolves when it listens, with what ends it. */
export async function startStatusAgent(pod: Pod, { podIp, probers, appAddress = "" }: StatusAgentOptions): Promise<() => Promise<unknown>> {
  const [program, ...before] = [...pod.namespace.enter, "setpriv", "--regid", String(sidecarGroup), "--clear-groups"];
  const agent: ChildProcess = spawn(program, [...before, process.execPath, "--import", "tsx", agentFile], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, INSTANCE_IP: podIp, ISTIO_KUBE_APP_PROBERS: probers, PROBEPLANE_APP_ADDRESS: appAddress },
  });
  endWithUs(agent);
  await Promise.race([once(agent, "message"), once(agent, "exit").then(() => { throw new Error(`the agent of ${pod.name} ended`); })]);
  return () => endChild(agent);
}
