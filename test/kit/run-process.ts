import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { endChild, endWithUs, killChild } from "./children.ts";
import { Output } from "./output.ts";
import { waitUntil } from "./wait-until.ts";

export interface RunProcessOptions {
  /** After `probeplane run`, with addresses that outlive a restart. */
  readonly args: readonly string[];
  /** Where it says whether it is ready. */
  readonly diagnosticsUrl: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real `probeplane run` in a process of its own, which can be ended and started again. */
export class RunProcess {
  readonly diagnosticsUrl: string;
  readonly #options: RunProcessOptions;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;
  #output: Output | undefined;

  constructor(options: RunProcessOptions) {
    this.#options = options;
    this.diagnosticsUrl = options.diagnosticsUrl;
    this.#command = [path.join(root, "dist", "main", "probeplane.js"), "run", ...options.args];
  }

  /** What it logged since it was last started. */
  get output(): Output {
    if (this.#output === undefined) throw new Error("the control plane was never started");
    return this.#output;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The command line, to show to a person. */
  get commandLine(): string {
    return ["probeplane", ...this.#command.slice(1)].join(" ");
  }

  /** Starts the process (again) and does not wait. */
  spawn(): void {
    const { cwd, env } = this.#options;
    const child = spawn(process.execPath, [...this.#command], { cwd, stdio: ["ignore", "pipe", "pipe"], ...(env === undefined ? {} : { env: { ...process.env, ...env } }) });
    endWithUs(child);
    this.#child = child;
    this.#output = new Output(child);
  }

  /** Starts the process (again) and resolves when `/ready` says so. @throws Error with its log when it ends instead. */
  async start(): Promise<void> {
    this.spawn();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    const child = this.#child;
    const ready = await waitUntil("the control plane is ready", async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return "ended";
      return (await this.readiness()).status === 200;
    });
    if (ready === "ended") throw new Error(`the control plane ended at its start: ${this.output.tail()}`);
  }

  /** What `/ready` answers. */
  async readiness(): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(`${this.diagnosticsUrl}/ready`, { headers: { connection: "close" } });
    return { status: answer.status, body: await answer.text() };
  }

  /** The metrics page. */
  async metrics(): Promise<string> {
    return await (await fetch(`${this.diagnosticsUrl}/metrics`, { headers: { connection: "close" } })).text();
  }

  /** SIGKILL: nothing of it gets to say good-bye. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child !== undefined) await killChild(this.#child);
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    if (this.#child !== undefined) await endChild(this.#child, 15_000);
  }
}
