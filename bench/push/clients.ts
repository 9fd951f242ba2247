import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWithUs } from "../../test/kit/children.ts";
import type { ClientCommand, ClientReport, ConnectOptions, Counters } from "../client/messages.ts";

/** Longer than anything takes that works. */
const timeoutMs = 180_000;
const entry = fileURLToPath(new URL("../client/main.ts", import.meta.url));

/** The process of the clients, seen from the bench. */
export class Clients {
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<ClientReport["type"], (report: ClientReport) => void>();
  private readonly failed: Promise<never>;
  private readonly loaded: Promise<ClientReport>;

  constructor() {
    this.child = fork(entry, [], { execArgv: ["--import", "tsx"] });
    endWithUs(this.child);
    this.pid = this.child.pid ?? 0;
    this.loaded = new Promise((resolve) => this.waiting.set("ready", resolve));
    this.failed = new Promise((_resolve, reject) => {
      this.child.on("exit", (code) => {
        reject(new Error(`the clients ended with status ${String(code)}`));
      });
      this.child.on("message", (report: ClientReport) => {
        if (report.type === "failed") reject(new Error(report.reason));
        else this.waiting.get(report.type)?.(report);
      });
    });
    this.failed.catch(() => undefined);
  }

  /** Resolved when the process can connect. */
  async load(): Promise<void> {
    await Promise.race([this.loaded, this.failed]);
  }

  /** Opens all streams; gives the nanosecond at which each proxy had its full configuration. */
  async connect(options: ConnectOptions): Promise<bigint[]> {
    const reached = this.awaitReached();
    this.child.send({ type: "connect", options } satisfies ClientCommand);
    return reached;
  }

  /**
   * Makes the change and waits until every proxy holds the interval in all its clusters.
   * @returns the nanosecond at which each did
   */
  async change(intervalMs: number, make: () => Promise<void>): Promise<bigint[]> {
    await this.ask({ type: "expect", intervalMs }, "ready");
    const reached = this.awaitReached();
    const [at] = await Promise.all([reached, make()]);
    return at;
  }

  async counters(): Promise<Counters> {
    const report = await this.ask({ type: "counters" }, "counters");
    if (report.type !== "counters") throw new Error(`unexpected report ${report.type}`);
    return report.counters;
  }

  /** Waits until nothing has come for so long. */
  async settle(quietMs: number): Promise<Counters> {
    for (;;) {
      const counters = await this.counters();
      const missingMs = quietMs - counters.quietS * 1000;
      if (missingMs <= 0) return counters;
      await new Promise((resolve) => setTimeout(resolve, missingMs + 5));
    }
  }

  async saveRecording(path: string): Promise<void> {
    await this.ask({ type: "save-recording", path }, "ready");
  }

  /** Ends the process; resolved when it has ended, so that it takes nothing from what is measured next. */
  async close(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.connected) child.send({ type: "close" } satisfies ClientCommand);
    await ended;
  }

  private async ask(command: ClientCommand, answer: ClientReport["type"]): Promise<ClientReport> {
    const answered = new Promise<ClientReport>((resolve) => this.waiting.set(answer, resolve));
    this.child.send(command);
    return this.orTimeOut(answered, () => Promise.resolve(`the clients do not answer to ${command.type}`));
  }

  private async awaitReached(): Promise<bigint[]> {
    const reached = new Promise<bigint[]>((resolve) => {
      this.waiting.set("reached", (report) => {
        if (report.type === "reached") resolve(report.at.map(BigInt));
      });
    });
    return this.orTimeOut(reached, async () => `not every proxy got there: ${JSON.stringify(await this.counters())}`);
  }

  private async orTimeOut<T>(awaited: Promise<T>, explain: () => Promise<string>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        explain().then((reason) => {
          reject(new Error(`after ${timeoutMs / 1000} s: ${reason}`));
        }, reject);
      }, timeoutMs);
    });
    return Promise.race([awaited, late, this.failed]).finally(() => clearTimeout(timer));
  }
}
