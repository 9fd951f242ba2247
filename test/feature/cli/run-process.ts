import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../../kit/children.ts";

/** `probeplane run` in a process of its own, from the sources. */
export interface RunProcess {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves when it has ended, with its exit status (or the signal that ended it). */
  readonly ended: Promise<number | string>;
  /** Resolves when a text is on its standard output; rejects when it ends before. */
  untilOut(text: string): Promise<void>;
}

/** On free ports, unless `args` say otherwise. */
export function runProcess(args: readonly string[]): RunProcess {
  const free = ["--api-listen", "--api-tls-listen", "--xds-listen", "--diagnostics-listen"].filter((flag) => !args.some((arg) => arg.startsWith(flag)));
  const all = ["--import=tsx", path.join(root, "src/main/probeplane.ts"), "run", ...args, ...free.map((flag) => `${flag}=127.0.0.1:0`)];
  const child = spawn(process.execPath, all, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, "close").then(([status, signal]) => (status ?? signal) as number | string);
  const untilOut = async (text: string): Promise<void> => {
    while (!out.includes(text)) {
      const next = await Promise.race([once(child.stdout, "data").then(() => "more"), ended]);
      if (next !== "more" && !out.includes(text)) throw new Error(`ended with ${String(next)}: ${err}`);
    }
  };
  return { child, out: () => out, err: () => err, ended, untilOut };
}
