import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { ApiClient } from "./api-client.ts";
import { endChild, endWithUs } from "./children.ts";
import { Output } from "./output.ts";
import { freePorts } from "./ports.ts";
import { scratchFolder } from "./scratch-folder.ts";
import { waitUntil } from "./wait-until.ts";

export interface ControlPlaneOptions {
  /** Default sqlite, in a folder that goes with `close()`. */
  readonly store?: "sqlite" | "memory" | "postgres";
  /** More command line arguments of `probeplane run`. */
  readonly args?: readonly string[];
}

/** The real `probeplane run` in a process of its own. Ports and data outlive a restart. */
export class ControlPlaneProcess {
  readonly api: ApiClient;
  readonly xdsPort: number;
  readonly apiTlsPort: number;
  readonly diagnosticsUrl: string;
  readonly dataDir: string;
  readonly #command: readonly string[];
  #child: ChildProcess | undefined;
  #output: Output | undefined;

  private constructor(options: ControlPlaneOptions, dataDir: string, ports: readonly [number, number, number, number]) {
    const [apiPort, apiTlsPort, xdsPort, diagnosticsPort] = ports;
    this.apiTlsPort = apiTlsPort;
    this.api = new ApiClient(`http://127.0.0.1:${String(apiPort)}`);
    this.xdsPort = xdsPort;
    this.diagnosticsUrl = `http://127.0.0.1:${String(diagnosticsPort)}`;
    this.dataDir = dataDir;
    this.#command = [
      path.join(root, "dist", "main", "probeplane.js"), "run", "--store", options.store ?? "sqlite", "--data-dir", dataDir,
      "--api-listen", `127.0.0.1:${String(apiPort)}`, "--xds-listen", `127.0.0.1:${String(xdsPort)}`,
      "--api-tls-listen", `127.0.0.1:${String(apiTlsPort)}`, "--diagnostics-listen", `127.0.0.1:${String(diagnosticsPort)}`, ...(options.args ?? []),
    ];
  }

  /** Starts one on free ports with an empty store, and resolves when it is ready. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlaneProcess> {
    const dataDir = await scratchFolder("data");
    const [api = 0, apiTls = 0, xds = 0, diagnostics = 0] = await freePorts(4);
    const controlPlane = new ControlPlaneProcess(options, dataDir, [api, apiTls, xds, diagnostics]);
    await controlPlane.start();
    return controlPlane;
  }

  /** The authority that signed the certificates of its servers, as PEM. */
  get caFile(): string {
    return path.join(this.dataDir, "tls", "ca.crt");
  }

  /** A file with a data plane token for every proxy of the mesh `default`; another one after a restart that forgot all keys. */
  get tokenFile(): string {
    return path.join(this.dataDir, "default.token");
  }

  /** Writes a file with a data plane token for one proxy of the mesh `default`, and gives its name. */
  async tokenFileFor(dataplane: string): Promise<string> {
    const file = path.join(this.dataDir, `${dataplane}.token`);
    await writeFile(file, await this.api.dataplaneToken({ mesh: "default", name: dataplane }), { mode: 0o600 });
    return file;
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

  /** Starts the process (again) and resolves when `/ready` says so. @throws Error with its log when it ends instead. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...this.#command], { cwd: this.dataDir, stdio: ["ignore", "pipe", "pipe"] });
    endWithUs(child);
    this.#child = child;
    this.#output = new Output(child);
    const ready = await waitUntil("the control plane is ready", async () => {
      if (child.exitCode !== null || child.signalCode !== null) return "ended";
      return (await fetch(`${this.diagnosticsUrl}/ready`, { headers: { connection: "close" } })).status === 200;
    });
    if (ready === "ended") throw new Error(`the control plane ended at its start: ${this.output.tail()}`);
    await writeFile(this.tokenFile, await this.api.dataplaneToken({ mesh: "default" }), { mode: 0o600 });
  }

  /** SIGKILL: nothing of it gets to say good-bye. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => {
      child.once("exit", () => { resolve(); });
    });
    child.kill("SIGKILL");
    await gone;
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    if (this.#child !== undefined) await endChild(this.#child, 15_000);
  }

  /** The metrics page. */
  async metrics(): Promise<string> {
    return await (await fetch(`${this.diagnosticsUrl}/metrics`, { headers: { connection: "close" } })).text();
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
