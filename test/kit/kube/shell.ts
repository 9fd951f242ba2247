import { symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "mocha";
import { jqBinary, JqUnavailable } from "../../../scripts/lib/jq-binary.ts";
import { kubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { root } from "../../../scripts/lib/root.mjs";
import { scratchFolder } from "../scratch-folder.ts";
import { skipBecause } from "../skip.ts";
import type { ApiServer } from "./api-server.ts";
import { runTool } from "./tools.ts";
import type { CommandResult } from "./tools.ts";

export interface LineOptions {
  /** Namespace that kubectl works in when it is told none; default `default`. */
  readonly namespace?: string;
  readonly stdin?: string;
  /** A status other than 0 is an answer, no error. */
  readonly mayFail?: boolean;
}

/** Runs a line as a page shows it, with kubectl, helm, jq and probeplane on the PATH. */
export type Shell = (line: string, options?: LineOptions) => Promise<CommandResult>;

/** Skips where there is no jq. */
export async function openShell(context: Context, api: ApiServer): Promise<Shell> {
  const folder = await scratchFolder("shell");
  const { kubectl, helm } = await kubeBinaries();
  for (const [name, program] of Object.entries({ kubectl, helm, jq: await jqOrSkip(context) })) await symlink(program, path.join(folder, name));
  await writeFile(path.join(folder, "probeplane"), `#!/bin/sh\nexec ${process.execPath} ${path.join(root, "dist", "main", "probeplane.js")} "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder, KUBECACHEDIR: path.join(folder, "cache") };
  return async (line, { namespace = "default", ...options } = {}) => {
    return await runTool("sh", ["-e", "-c", line], { ...options, env, kubeconfig: await api.kubeconfig({ namespace }) });
  };
}

async function jqOrSkip(context: Context): Promise<string> {
  try {
    return await jqBinary();
  } catch (error) {
    if (error instanceof JqUnavailable) return skipBecause(context, error.message);
    throw error;
  }
}
