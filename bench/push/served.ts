import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { endChild, endWithUs } from "../../test/kit/children.ts";

/** A server that is measured. */
export interface Served {
  readonly name: string;
  readonly pid: number;
  readonly xdsPort: number;
  /** The interval that a round of the bench sets; a server that replays can set only one. */
  intervalMsOf(round: number): number;
  /** Gives every health check this interval; resolved once the server has accepted it. */
  setInterval(intervalMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface Spawned {
  readonly pid: number;
  /** The first line of output that `isWanted` accepts. */
  readonly line: string;
  readonly stop: () => Promise<void>;
}

/** Starts a process and waits for a line of its standard output; an early end is an error that carries what it wrote to standard error. */
export async function spawnUntil(command: string, args: readonly string[], isWanted: (line: string) => boolean, env = process.env): Promise<Spawned> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
  endWithUs(child);
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`${command} ended with status ${String(code)}: ${complaints}`));
    });
    createInterface(child.stdout).on("line", (each) => {
      if (isWanted(each)) resolve(each);
    });
  });
  return { pid: child.pid ?? 0, line, stop: () => endChild(child, 2000) };
}

/** A server that prints its ports as a JSON line and changes on POST /change. */
export async function startReference(
  name: string,
  command: string,
  args: readonly string[],
  intervalMsOf: Served["intervalMsOf"],
): Promise<Served> {
  const { pid, line, stop } = await spawnUntil(command, args, (each) => each.startsWith("{"));
  const { xdsPort, controlPort } = JSON.parse(line) as { xdsPort: number; controlPort: number };
  return {
    name,
    pid,
    xdsPort,
    intervalMsOf,
    setInterval: async (intervalMs) => {
      const response = await fetch(`http://127.0.0.1:${String(controlPort)}/change?interval-ms=${String(intervalMs)}`, { method: "POST" });
      if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
    },
    close: stop,
  };
}
