import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/lib/root.mjs";
import { endChild, endWithUs } from "./children.ts";
import type { ControlPlaneProcess } from "./control-plane-process.ts";
import { Output } from "./output.ts";

/** How a proxy on this machine reaches a control plane. */
export function reaching(controlPlane: Pick<ControlPlaneProcess, "xdsPort" | "caFile" | "tokenFile">): readonly string[] {
  const { xdsPort, caFile, tokenFile } = controlPlane;
  return ["--cp-address", `https://127.0.0.1:${xdsPort}`, "--ca-cert-file", caFile, "--token-file", tokenFile];
}

export interface ProxyProcessOptions {
  /** Default `proxy`. */
  readonly command?: "proxy" | "agent";
  /** Arguments after the command. */
  readonly args: readonly string[];
  /** Instead of the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real `probeplane proxy`, or `probeplane agent`, in a process of its own. */
export class ProxyProcess {
  readonly output: Output;
  readonly child: ChildProcess;
  /** Status, or the signal's name. */
  readonly ended: Promise<number | string>;

  constructor({ command = "proxy", args, env }: ProxyProcessOptions) {
    const environment = env === undefined ? {} : { env };
    this.child = spawn(process.execPath, [path.join(root, "dist", "main", "probeplane.js"), command, ...args], { stdio: ["ignore", "pipe", "pipe"], ...environment });
    endWithUs(this.child);
    this.output = new Output(this.child);
    this.ended = new Promise((resolve) => this.child.once("exit", (code, signal) => resolve(code ?? signal ?? "")));
  }

  /** Its Envoy, by what it logged last. */
  get envoyPid(): number {
    const pids = this.output.lines.flatMap((line) => /"pid":(\d+).*"Envoy started"/.exec(line)?.[1] ?? []);
    return Number(pids.at(-1) ?? 0);
  }

  /** How often Envoy was started. */
  get starts(): number {
    return this.output.lines.filter((line) => line.includes("Envoy started")).length;
  }

  logged(text: string): boolean {
    return this.output.lines.some((line) => line.includes(text));
  }

  /** Ends it and, should it not have done so, its Envoy, which is in a process group of its own. */
  async close(): Promise<void> {
    const { envoyPid } = this;
    this.child.kill("SIGTERM");
    await endChild(this.child, 1_000);
    if (envoyPid > 0 && (await isEnvoy(envoyPid))) process.kill(envoyPid, "SIGKILL");
  }
}

/** A pid may be somebody else's by now. */
async function isEnvoy(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("envoy") && command.includes("--disable-hot-restart");
}
