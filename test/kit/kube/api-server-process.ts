import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { KubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { endWithUs, killChild } from "../children.ts";
import { Output } from "../output.ts";
import { waitUntil } from "../wait-until.ts";
import { callerOf } from "./api-request.ts";
import type { Caller } from "./api-request.ts";
import type { ApiAnswer, ApiServer, RequestOptions, TokenRequest } from "./api-server.ts";
import { applyCrds } from "./crds.ts";
import { serviceAccountToken } from "./service-account-token.ts";
import { runTool } from "./tools.ts";
import type { CommandResult, ToolOptions } from "./tools.ts";

/** What one was started with. */
export interface Start {
  readonly binaries: KubeBinaries;
  readonly args: readonly string[];
  /** Holds all that is its own. */
  readonly folder: string;
  readonly port: number;
  readonly signingKey: KeyObject;
}

/** The process and what one can ask of it. */
export class ApiServerProcess implements ApiServer {
  readonly url: string;
  readonly caFile: string;
  readonly adminToken = "admin-token";
  readonly nobodyToken = "nobody-token";
  readonly #start: Start;
  readonly #kubeconfigs = new Map<string, Promise<string>>();
  #child: ChildProcess | undefined;
  #caller: Caller | undefined;
  #crds: Promise<void> | undefined;

  constructor(start: Start) {
    this.#start = start;
    this.url = `https://127.0.0.1:${String(start.port)}`;
    this.caFile = path.join(start.folder, "certs", "apiserver.crt");
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const child = spawn(this.#start.binaries.apiserver, [...this.#start.args], { cwd: this.#start.folder, stdio: ["ignore", "pipe", "pipe"] });
    endWithUs(child);
    this.#child = child;
    const output = new Output(child);
    const state = await waitUntil("the API server is ready", async () => {
      if (child.exitCode !== null || child.signalCode !== null) return "ended";
      this.#caller ??= callerOf(this.url, await readFile(this.caFile, "utf8"));
      return (await this.request("GET", "/readyz")).status === 200 && (await this.request("GET", "/api/v1/namespaces/default")).status === 200;
    });
    if (state === "ended") throw new Error(`the API server ended at its start: ${output.tail()}`);
  }

  async tokenFor(request: TokenRequest): Promise<string> {
    return await serviceAccountToken(this.request.bind(this), this.#start.signingKey, request);
  }

  async kubeconfig({ token = this.adminToken, namespace = "default" }: { readonly token?: string; readonly namespace?: string } = {}): Promise<string> {
    const key = `${namespace} ${token}`;
    const written = this.#kubeconfigs.get(key) ?? this.#writeKubeconfig(token, namespace);
    this.#kubeconfigs.set(key, written);
    return await written;
  }

  async createNamespace(prefix = "test", labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString("hex")}`;
    const answer = await this.request("POST", "/api/v1/namespaces", { body: { metadata: { name, labels } } });
    if (answer.status !== 201) throw new Error(`no namespace ${name}: ${JSON.stringify(answer.body)}`);
    return name;
  }

  async applyCrds(): Promise<void> {
    this.#crds ??= applyCrds(this);
    await this.#crds;
  }

  async request(method: string, at: string, { token = this.adminToken, ...options }: RequestOptions = {}): Promise<ApiAnswer> {
    if (this.#caller === undefined) throw new Error("the API server has no certificate yet");
    return await this.#caller.call(method, at, token, options);
  }

  async kubectl(args: readonly string[], options: ToolOptions = {}): Promise<CommandResult> {
    return await this.#run(this.#start.binaries.kubectl, args, options);
  }

  async helm(args: readonly string[], options: ToolOptions = {}): Promise<CommandResult> {
    return await this.#run(this.#start.binaries.helm, args, options);
  }

  async kill(): Promise<void> {
    if (this.#child !== undefined) await killChild(this.#child);
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    await this.kill();
    this.#caller?.close();
    await rm(this.#start.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #run(program: string, args: readonly string[], options: ToolOptions): Promise<CommandResult> {
    const home = path.join(this.#start.folder, "home");
    const env = { HOME: home, KUBECACHEDIR: path.join(home, "cache"), ...options.env };
    return await runTool(program, args, { kubeconfig: await this.kubeconfig(), ...options, env });
  }

  async #writeKubeconfig(token: string, namespace: string): Promise<string> {
    const file = path.join(this.#start.folder, `kubeconfig-${randomBytes(4).toString("hex")}.json`);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster: { server: this.url, "certificate-authority": this.caFile } }],
      users: [{ name: "test", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test", namespace } }],
      "current-context": "test",
    };
    await writeFile(file, JSON.stringify(config, null, 2), { mode: 0o600 });
    return file;
  }
}
