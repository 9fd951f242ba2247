import { setTimeout as pause } from "node:timers/promises";
import type { ApiServer } from "../../test/kit/kube/api-server.ts";
import { ClusterControlPlane } from "../../test/kit/kube/control-plane.ts";
import { startApiServer } from "../../test/kit/kube/start-api-server.ts";
import { KubeUnavailable } from "../../scripts/lib/kube-binaries.mjs";
import { readUsage } from "../process-usage.ts";
import { Clients } from "../push/clients.ts";
import { startProbeplane } from "../push/probeplane.ts";
import { nodeId as universalNodeId } from "../push/world.ts";
import { quantiles, type Quantiles } from "../quantiles.ts";
import { goalAtMost, type BenchResult, type Table } from "../result.ts";
import { fillCluster, patchPolicy, sayReady } from "./cluster.ts";
import { intervalPatch, nodeId, systemNamespace, type ClusterSize } from "./objects.ts";

export interface KubernetesOptions {
  /** Proxies that are connected, in each part. */
  readonly clients: number;
  /** Edits of the policy for each way of writing it. */
  readonly rounds: number;
  /** The cluster in which edits are timed. */
  readonly edited: ClusterSize;
  /** The cluster in which memory and CPU are measured. */
  readonly large: ClusterSize;
  /** Seconds of rest, and of pods changing, that are measured. */
  readonly seconds: number;
  readonly changesPerS: number;
  readonly onProgress: (line: string) => void;
}

/** Sizes that only prove that it works. */
export const smallCluster: Omit<KubernetesOptions, "onProgress"> = { clients: 3, rounds: 2, edited: { pods: 3, services: 2 }, large: { pods: 12, services: 3 }, seconds: 1, changesPerS: 10 };

/** From an edit to the last proxy, in ms, and what a large cluster may take, in s. */
const limits = { editMs: 250, readyS: 10, restPercent: 1 };

/** The clients of the bench speak neither TLS nor of tokens, as those of the other benches. */
const open = ["--insecure-xds-plaintext", "--insecure-no-dataplane-tokens"];

/** What a cluster costs: from `kubectl patch` to the last proxy, beside the same edit over the HTTP API in universal mode; and what many pods take. */
export async function runKubernetes(options: KubernetesOptions): Promise<BenchResult> {
  try {
    const universal = await timeUniversal(options);
    const { api, kubectl } = await inCluster(options.edited, (cluster) => timeEdits(cluster, options));
    options.onProgress(`kubernetes: edits p99 ${[universal, api, kubectl].map(({ p99 }) => p99.toFixed(0)).join(" / ")} ms`);
    const large = await inCluster(options.large, (cluster) => measureLarge(cluster, options));
    return report(options, { universal, api, kubectl }, large);
  } catch (error) {
    if (!(error instanceof KubeUnavailable)) throw error;
    return { tables: [], goals: [], warnings: [`Kubernetes was not measured: ${error.message}`] };
  }
}

/** An API server that holds the cluster, and a control plane that is not started yet. */
interface Cluster {
  readonly api: ApiServer;
  readonly controlPlane: ClusterControlPlane;
}

async function inCluster<T>(size: ClusterSize, act: (cluster: Cluster) => Promise<T>): Promise<T> {
  const api = await startApiServer();
  try {
    await fillCluster(api, size);
    const controlPlane = await ClusterControlPlane.create(api, { namespace: systemNamespace, args: open });
    try {
      return await act({ api, controlPlane });
    } finally {
      await controlPlane.close();
    }
  } finally {
    await api.stop();
  }
}

async function withClients<T>(port: number, node: string, services: number, proxies: number, act: (clients: Clients) => Promise<T>): Promise<T> {
  const clients = new Clients();
  try {
    await clients.load();
    await clients.connect({ host: "127.0.0.1", port, proxies, clusters: services, delta: true, nodeId: node, record: false });
    await clients.settle(400);
    return await act(clients);
  } finally {
    await clients.close();
  }
}

/** Of each edit the milliseconds until the last proxy had it. */
async function timeLast(clients: Clients, rounds: number, firstIntervalMs: number, write: (intervalMs: number) => Promise<void>): Promise<Quantiles> {
  const last: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const intervalMs = firstIntervalMs + (round + 3) * 1000;
    let start = 0n;
    const at = await clients.change(intervalMs, async () => {
      start = process.hrtime.bigint();
      await write(intervalMs);
    });
    // The first two warm the processes up.
    if (round >= 0) last.push(Math.max(...at.map((each) => Number(each - start) / 1e6)));
    await clients.settle(100);
  }
  return quantiles(last);
}

async function timeUniversal({ edited, clients: proxies, rounds }: KubernetesOptions): Promise<Quantiles> {
  const served = await startProbeplane({ proxies: edited.pods, services: edited.services });
  try {
    return await withClients(served.xdsPort, universalNodeId, edited.services, proxies, (clients) => timeLast(clients, rounds, 10_000, (ms) => served.setInterval(ms)));
  } finally {
    await served.close();
  }
}

async function timeEdits({ api, controlPlane }: Cluster, { edited, clients: proxies, rounds }: KubernetesOptions): Promise<{ readonly api: Quantiles; readonly kubectl: Quantiles }> {
  await controlPlane.start();
  return await withClients(controlPlane.xdsPort, nodeId, edited.services, proxies, async (clients) => ({
    api: await timeLast(clients, rounds, 10_000, (ms) => patchPolicy(api, ms)),
    kubectl: await timeLast(clients, rounds, 1_000_000, async (ms) => {
      await api.kubectl(["patch", "mhc", "bench", "-n", systemNamespace, "--type=json", "-p", JSON.stringify(intervalPatch(ms))]);
    }),
  }));
}

interface Large {
  readonly readyS: number;
  readonly loadedMiB: number;
  readonly connectedMiB: number;
  readonly restPercent: number;
  readonly changingPercent: number;
  readonly changesPerS: number;
  readonly peakMiB: number;
}

async function measureLarge({ api, controlPlane }: Cluster, options: KubernetesOptions): Promise<Large> {
  const { large, clients: proxies, seconds, changesPerS } = options;
  const begunMs = performance.now();
  controlPlane.spawn();
  await controlPlane.untilReady();
  const readyS = (performance.now() - begunMs) / 1000;
  await pause(seconds * 500);
  const loadedMiB = readUsage(controlPlane.pid).rssMiB;
  options.onProgress(`kubernetes: ${large.pods} pods, ready after ${readyS.toFixed(1)} s, ${loadedMiB.toFixed(0)} MiB`);
  return await withClients(controlPlane.xdsPort, nodeId, large.services, proxies, async () => {
    await pause(2_000);
    const connectedMiB = readUsage(controlPlane.pid).rssMiB;
    const rest = await cpuPercent(controlPlane.pid, () => pause(seconds * 1000));
    let changes = 0;
    const changing = await cpuPercent(controlPlane.pid, async () => {
      changes = await changePods(api, large.pods, seconds, changesPerS);
    });
    return { readyS, loadedMiB, connectedMiB, restPercent: rest, changingPercent: changing, changesPerS: changes / seconds, peakMiB: readUsage(controlPlane.pid).peakMiB };
  });
}

/** CPU in percent of a core. */
async function cpuPercent(pid: number, meanwhile: () => Promise<void>): Promise<number> {
  const [before, start] = [readUsage(pid), performance.now()];
  await meanwhile();
  return ((readUsage(pid).cpuS - before.cpuS) / (performance.now() - start)) * 1e5;
}

/** Pods stop being ready and are ready again, one after the other, so many a second. Gives how many changes there were. */
async function changePods(api: ApiServer, pods: number, seconds: number, perS: number): Promise<number> {
  const start = performance.now();
  let changes = 0;
  while (performance.now() - start < seconds * 1000) {
    const pod = (changes >> 1) % pods;
    await sayReady(api, pod, (changes & 1) === 1);
    changes++;
    const ahead = (changes / perS) * 1000 - (performance.now() - start);
    if (ahead > 0) await pause(ahead);
  }
  return changes;
}

function report(options: KubernetesOptions, edits: { readonly universal: Quantiles; readonly api: Quantiles; readonly kubectl: Quantiles }, large: Large): BenchResult {
  const { clients, edited, rounds, large: size } = options;
  const row = (what: string, { p50, p99, max }: Quantiles): readonly string[] => [what, ...[p50, p99, max].map((ms) => ms.toFixed(1))];
  const edit: Table = {
    title: "Kubernetes: from an edit of a policy to the last proxy",
    columns: ["ms until the last proxy has it", "p50", "p99", "max"],
    rows: [
      row("universal mode: PUT to the HTTP API", edits.universal),
      row("Kubernetes: PATCH to the API server", edits.api),
      row("Kubernetes: kubectl patch, from its start", edits.kubectl),
    ],
    notes: [`${rounds} edits each of a policy for all of ${clients} proxies, ${edited.pods} pods and ${edited.services} services; the real API server, its etcd and all proxies are on the same machine and take their share of the time.`],
  };
  const cost: Table = {
    title: "Kubernetes: what a cluster costs",
    columns: ["pods × services", "ready, s", "loaded, MiB", `${clients} proxies, MiB`, "peak, MiB", "at rest, % of a core", "pod changes a second", "while they change, % of a core"],
    rows: [[
      `${size.pods} × ${size.services}`, large.readyS.toFixed(1), ...[large.loadedMiB, large.connectedMiB, large.peakMiB].map((mib) => mib.toFixed(0)),
      large.restPercent.toFixed(2), large.changesPerS.toFixed(1), large.changingPercent.toFixed(1),
    ]],
    notes: ["Every proxy calls every service. Ready: from the start of the process to `/ready`. A pod change is one that makes it ready or not, told to every proxy."],
  };
  return {
    tables: [edit, cost],
    goals: [
      goalAtMost(`kubectl patch to the last of ${clients} proxies, p99`, limits.editMs, edits.kubectl.p99, "ms"),
      goalAtMost(`${size.pods} pods: ready`, limits.readyS, large.readyS, "s"),
      goalAtMost(`${size.pods} pods: at rest`, limits.restPercent, large.restPercent, "% of a core"),
    ],
    warnings: [],
  };
}
