import type { ApiServer } from "./api-server.ts";

/** What a kubelet says of a Pod. */
export interface PodState {
  /** Its address, or one for each IP family; none for a Pod that has none yet. */
  readonly ips?: readonly string[];
  /** Default `Running`. */
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  /** Whether its containers are ready: all alike, or by name, those not named being ready. Default true. */
  readonly ready?: boolean | Readonly<Record<string, boolean>>;
  /** How often a container was started anew, by name; default never. */
  readonly restarts?: Readonly<Record<string, number>>;
  /** Default 127.0.0.1. */
  readonly hostIp?: string;
}

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly image?: string }[];
  readonly initContainers?: readonly { readonly name: string; readonly image?: string; readonly restartPolicy?: string }[];
}

/** Sets a Pod's status as the kubelet of its node would: there is none in tests. */
export async function playKubelet(api: ApiServer, namespace: string, pod: string, state: PodState): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  const found = await api.request("GET", path);
  if (found.status !== 200) throw new Error(`no pod ${namespace}/${pod}: ${JSON.stringify(found.body)}`);
  const answer = await api.request("PATCH", `${path}/status`, { body: { status: podStatus((found.body as { readonly spec: PodSpec }).spec, state) } });
  if (answer.status !== 200) throw new Error(`the status of pod ${namespace}/${pod} was refused: ${JSON.stringify(answer.body)}`);
}

/** The status of a Pod in a state, with a condition and a container status for each that a kubelet writes. */
export function podStatus(spec: PodSpec, { ips = [], phase = "Running", ready = true, restarts = {}, hostIp = "127.0.0.1" }: PodState): Readonly<Record<string, unknown>> {
  const running = phase === "Running";
  const readyOf = (name: string): boolean => running && (typeof ready === "boolean" ? ready : (ready[name] ?? true));
  const statusOf = ({ name, image = "" }: PodSpec["containers"][number]): Readonly<Record<string, unknown>> => ({
    name, image, imageID: "", ready: readyOf(name), restartCount: restarts[name] ?? 0, started: running, ...(running ? { state: { running: {} } } : {}),
  });
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const allReady = [...spec.containers, ...sidecars].every(({ name }) => readyOf(name));
  const conditionOf = (type: string, holds: boolean): Readonly<Record<string, string>> => ({ type, status: holds ? "True" : "False" });
  return {
    phase,
    hostIP: hostIp,
    ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    conditions: [
      conditionOf("PodScheduled", true), conditionOf("Initialized", phase !== "Pending"), conditionOf("ContainersReady", allReady), conditionOf("Ready", allReady),
    ],
    containerStatuses: spec.containers.map(statusOf),
    initContainerStatuses: sidecars.map(statusOf),
  };
}
