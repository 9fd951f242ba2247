import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { killChild } from "../children.ts";
import type { ApiServer } from "../kube/api-server.ts";
import { playKubelet } from "../kube/kubelet.ts";
import type { Pod } from "../pods/pod.ts";
import { scratchFolder } from "../scratch-folder.ts";
import { waitUntil } from "../wait-until.ts";
import { EventWriter } from "./events.ts";
import type { Container, PodObject } from "./pod-object.ts";
import { isDelayed, perform, probeContainer } from "./probe-loop.ts";
import type { ContainerState, Prober } from "./probe-loop.ts";
import { startContainer } from "./run-container.ts";
import type { ContainerProcess, Image, Sandbox } from "./run-container.ts";
import { makeVolumes, placing } from "./volumes.ts";

export interface RunPodOptions {
  readonly api: ApiServer;
  readonly namespace: string;
  /** Name of the Pod, which is there. */
  readonly name: string;
  /** The network that it gets. */
  readonly network: Pod;
  /** From where probes come. */
  readonly node: Pod;
  /** What stands for an image; undefined: somebody else does what such a container does, an app in the network for instance. */
  readonly imageOf: (image: string) => Image | undefined;
  /** Pause between two rounds of probes, in ms; default 250. */
  readonly probesEveryMs?: number;
}

/**
 * Runs a Pod as a kubelet does: init containers one after the other, then its containers, each a process in the Pod's network, with its
 * variables, user, capabilities and volumes; then its probes over the network and by command. What comes of it is written as status and
 * Events. File systems are this machine's own but for volumes and `/tmp`; a container with initial delays is probed once those without are ready;
 * none is started anew.
 */
export async function runPod(options: RunPodOptions): Promise<RunningPod> {
  const found = await options.api.request("GET", `/api/v1/namespaces/${options.namespace}/pods/${options.name}`);
  if (found.status !== 200) throw new Error(`no pod ${options.namespace}/${options.name}: ${JSON.stringify(found.body)}`);
  const running = new RunningPod(options, found.body as PodObject, await scratchFolder("pod"));
  try {
    await running.start();
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

export class RunningPod {
  readonly object: PodObject;
  readonly #options: RunPodOptions;
  readonly #folder: string;
  readonly #processes = new Map<string, ContainerProcess>();
  readonly #states = new Map<string, Readonly<ContainerState>>();
  readonly #events: EventWriter;
  readonly #ending = new AbortController();
  readonly #loops: Promise<void>[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(options: RunPodOptions, object: PodObject, folder: string) {
    this.#options = options;
    this.object = object;
    this.#folder = folder;
    this.#events = new EventWriter(options.api, object);
  }

  async start(): Promise<void> {
    const { api, network, node, imageOf, probesEveryMs: everyMs = 250 } = this.#options;
    const { spec } = this.object;
    // Whoever the containers run as.
    await chmod(this.#folder, 0o755);
    const volumes = await makeVolumes(api, this.object, this.#folder);
    const sandbox: Sandbox = {
      pod: this.object, ips: [network.address, network.address6], network: network.namespace,
      place: (container) => placing(container, volumes, this.#folder),
      imageOf: ({ image }) => imageOf(image) ?? { entrypoint: [], path: process.env["PATH"] ?? "" },
    };
    const prober: Prober = { sandbox, node, events: this.#events, everyMs };
    await this.#tell("Pending");
    for (const container of spec.initContainers ?? []) {
      await this.#start(container, sandbox);
      if (container.restartPolicy === "Always") await this.#untilStarted(container, prober);
      else await this.#untilDone(container);
    }
    for (const container of spec.containers) {
      await this.#start(container, sandbox);
      const { postStart } = container.lifecycle ?? {};
      if (postStart !== undefined) await this.#hook(postStart, container, prober);
      this.#probe(container, prober);
    }
  }

  /** What one of its containers wrote. @throws Error where no process of ours stands for it. */
  outputOf(container: string): string {
    const process = this.#processes.get(container);
    if (process === undefined) throw new Error(`nothing of ours runs as ${container}`);
    return process.output.tail(200);
  }

  /** Resolves when every container is ready. @throws Error, with what the containers wrote, when one ended or that takes too long. */
  async untilReady(): Promise<void> {
    await this.#until("is ready", () => this.#probed().every(({ name }) => this.#states.get(name)?.ready === true));
    await this.settled();
  }

  /** Resolves when all that is known by now is written. */
  async settled(): Promise<void> {
    await this.#written;
    await this.#events.written();
  }

  /** Ends probes, and processes at once. The Pod stays where it is written. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#loops);
    await this.settled();
    await Promise.all([...this.#processes.values()].map(({ child }) => killChild(child)));
  }

  async #start(container: Container, sandbox: Sandbox): Promise<void> {
    const tmp = path.join(this.#folder, "tmp", container.name);
    await mkdir(tmp, { recursive: true });
    await chmod(tmp, 0o777);
    if (this.#options.imageOf(container.image) === undefined) return;
    this.#processes.set(container.name, startContainer(container, sandbox));
  }

  async #untilDone({ name }: Container): Promise<void> {
    const status = await this.#processes.get(name)?.ended;
    if (status !== undefined && status !== 0) throw new Error(`init container ${name} ended with status ${status}:\n${this.outputOf(name)}`);
    this.#processes.delete(name);
  }

  async #untilStarted(container: Container, prober: Prober): Promise<void> {
    this.#probe(container, prober);
    await this.#until(`has started ${container.name}`, () => this.#states.get(container.name)?.started === true);
  }

  async #hook(handler: Parameters<typeof perform>[0], container: Container, prober: Prober): Promise<void> {
    const { ok, output } = await perform(handler, container, prober);
    if (!ok) throw new Error(`postStart of ${container.name} failed: ${output}\n${this.#everything()}`);
  }

  #probe(container: Container, prober: Prober): void {
    const loop = async (): Promise<void> => {
      if (isDelayed(container)) await this.#othersReady();
      await probeContainer(container, prober, this.#ending.signal, (state) => {
        this.#states.set(container.name, state);
        this.#written = this.#written.then(() => this.#tell("Running"));
      });
    };
    this.#loops.push(loop());
  }

  /** Stands for an initial delay, whose point is that what the container needs is there: resolves when every container without one is ready. */
  async #othersReady(): Promise<void> {
    const others = this.#probed().filter((container) => !isDelayed(container));
    await waitUntil("others are ready", () => this.#ending.signal.aborted || others.every(({ name }) => this.#states.get(name)?.ready === true), { giveUpMs: Infinity });
  }

  #probed(): readonly Container[] {
    return [...this.object.spec.containers, ...(this.object.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always")];
  }

  async #tell(phase: "Pending" | "Running"): Promise<void> {
    const { api, network } = this.#options;
    const { namespace, name } = this.object.metadata;
    const states = this.#probed().map((container) => [container.name, this.#states.get(container.name)] as const);
    await playKubelet(api, namespace, name, {
      phase, ips: [network.address, network.address6],
      ready: Object.fromEntries(states.map(([each, state]) => [each, state?.ready === true])),
      restarts: Object.fromEntries(states.map(([each, state]) => [each, state?.restarts ?? 0])),
    });
  }

  /** @throws Error, with what the containers wrote, when one of them ends instead. */
  async #until(what: string, holds: () => boolean): Promise<void> {
    const name = this.object.metadata.name;
    const ended = await waitUntil(`pod ${name} ${what}`, () => holds() || [...this.#processes].find(([, { child }]) => child.exitCode !== null || child.signalCode !== null)?.[0]).catch((error: unknown) => {
      throw new Error(this.#everything(), { cause: error });
    });
    if (typeof ended === "string") throw new Error(`pod ${name}: container ${ended} ended\n${this.#everything()}`);
  }

  #everything(): string {
    return [...this.#processes].map(([name, { output }]) => `${name}:\n${output.tail(60)}`).join("\n");
  }
}
