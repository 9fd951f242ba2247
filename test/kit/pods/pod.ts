import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { GrpcBehaviour } from "../apps/grpc-app.ts";
import { endChild, endWithUs } from "../children.ts";
import { waitUntil } from "../wait-until.ts";
import type { PeerTls } from "./fetch-text.ts";
import type { Ask, PodRequest, ServeOptions } from "./pod-agent.ts";
import type { ProbeVerdict, WireProbe } from "./wire-probe.ts";

const run = promisify(execFile);
const agentFile = fileURLToPath(new URL("pod-agent.ts", import.meta.url));

/** A network namespace that lasts as long as a process of ours, so that nothing of it is left when the tests are killed. */
export class Namespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** @throws Error where we may not make one. */
  static async make(): Promise<Namespace> {
    const holder = spawn("unshare", ["--net", "sleep", "infinity"], { stdio: ["ignore", "ignore", "pipe"] });
    endWithUs(holder);
    const ours = await readlink("/proc/self/ns/net");
    await waitUntil("the new network namespace is there", async () => {
      if (holder.exitCode !== null || holder.pid === undefined) throw new Error("unshare --net failed");
      return (await readlink(`/proc/${String(holder.pid)}/ns/net`).catch(() => ours)) !== ours;
    });
    return new Namespace(holder);
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** What to put in front of a command that is to run inside. */
  get enter(): readonly string[] {
    return ["nsenter", "-t", String(this.pid), "--net"];
  }

  /** Runs lines of shell inside; the first that fails ends it. @throws Error with what it said. */
  async shell(lines: readonly string[]): Promise<string> {
    const [program, ...args] = [...this.enter, "sh", "-e", "-c", lines.join("\n")];
    return (await run(program, args)).stdout;
  }

  async close(): Promise<void> {
    await endChild(this.#holder);
  }
}

/** A pod: a network namespace with addresses of both families, and a process in it that is app and client. */
export class Pod {
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  readonly namespace: Namespace;
  readonly #agent: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #last = 0;

  constructor(name: string, namespace: Namespace, addresses: { readonly ipv4: string; readonly ipv6: string }) {
    this.name = name;
    this.namespace = namespace;
    this.address = addresses.ipv4;
    this.address6 = addresses.ipv6;
    const [program, ...args] = [...namespace.enter, process.execPath, "--import", "tsx", agentFile];
    this.#agent = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    endWithUs(this.#agent);
    this.#agent.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${this.name}: its process ended`));
      this.#waiting.clear();
    });
    this.#agent.on("message", ({ id, reply, error }: { readonly id: number; readonly reply?: unknown; readonly error?: string }) => {
      if (error === undefined) this.#waiting.get(id)?.resolve(reply);
      else this.#waiting.get(id)?.reject(new Error(`${this.name}: ${error}`));
      this.#waiting.delete(id);
    });
  }

  /** An HTTP app, on all addresses of the pod unless told otherwise. */
  async serve(port: number, options: ServeOptions = {}): Promise<void> {
    await this.#ask({ kind: "serve", port, name: this.name, ...options });
  }

  /** The status with which the app answers from now on. */
  async answer(port: number, status: number): Promise<void> {
    await this.#ask({ kind: "answer", port, status });
  }

  /** A gRPC app on all addresses of the pod, which answers health checks so; told again, it answers them so from now on. */
  async serveGrpc(port: number, behaviour: GrpcBehaviour): Promise<void> {
    await this.#ask({ kind: "serve-grpc", port, behaviour });
  }

  /** What the app saw so far, oldest first. */
  async seen(port: number): Promise<readonly PodRequest[]> {
    return (await this.#ask({ kind: "seen", port })) as readonly PodRequest[];
  }

  /** What the pod's app is answered when it calls, by TLS with these certificates. @throws Error when it is not. */
  async get(url: string, tls?: PeerTls): Promise<{ readonly status: number; readonly body: string }> {
    return (await this.#ask({ kind: "get", url, ...(tls === undefined ? {} : { tls }) })) as { readonly status: number; readonly body: string };
  }

  /** Connects, says nothing, and resolves when the other end closes. @throws Error when it refuses, or stays open. */
  async untilClosed(host: string, port: number): Promise<void> {
    await this.#ask({ kind: "connect", host, port });
  }

  /** What a kubelet in this network would make of a probe. */
  async probe(probe: WireProbe): Promise<ProbeVerdict> {
    return (await this.#ask({ kind: "probe", probe })) as ProbeVerdict;
  }

  /** Whoever connects to this port, on any address of the pod, is led to a Unix socket (`socketTo`). */
  async relay(port: number, socket: string): Promise<void> {
    await this.#ask({ kind: "relay", port, socket });
  }

  async close(): Promise<void> {
    await endChild(this.#agent);
    await this.namespace.close();
  }

  #ask(ask: Ask): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#agent.send({ id, ask });
    });
  }
}
