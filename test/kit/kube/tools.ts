import { spawn } from "node:child_process";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../children.ts";

export interface ToolOptions {
  /** Written to its standard input. */
  readonly stdin?: string;
  /** Path of a kubeconfig file. */
  readonly kubeconfig?: string;
  /** Default namespace, as by `--namespace`. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the checkout. */
  readonly cwd?: string;
  /** A status other than 0 is an answer, no error. */
  readonly mayFail?: boolean;
}

/** What a command said. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs kubectl or helm to its end.
 *
 * @throws Error with all that it said, where its status is not 0 and that was not allowed.
 */
export async function runTool(program: string, args: readonly string[], options: ToolOptions = {}): Promise<CommandResult> {
  const all = [...(options.namespace === undefined ? [] : ["--namespace", options.namespace]), ...args];
  const kubeconfig = options.kubeconfig === undefined ? {} : { KUBECONFIG: options.kubeconfig };
  const child = spawn(program, all, { cwd: options.cwd ?? root, env: { ...process.env, ...kubeconfig, ...options.env }, stdio: "pipe" });
  endWithUs(child);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].setEncoding("utf8").on("data", (text: string) => { said[name] += text; });
  // It may end before it has read everything.
  child.stdin.on("error", () => undefined).end(options.stdin ?? "");
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => { resolve(code ?? 128); });
  });
  if (status !== 0 && options.mayFail !== true) {
    throw new Error(`${[program, ...all].join(" ")} ended with status ${status}:\n${said.stderr}${said.stdout}`);
  }
  return { status, ...said };
}
