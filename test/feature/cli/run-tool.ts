import { spawn } from "node:child_process";
import { endWithUs } from "../../kit/children.ts";
import type { CommandResult } from "./command.ts";

/** Runs a program to its end, with a home of its own, and gives what a user would see. */
export async function runTool(program: string, words: readonly string[], home: string): Promise<CommandResult> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PROBEPLANE_|KUMA|XDG_)/.test(name));
  const child = spawn(program, words, { env: { ...Object.fromEntries(kept), HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  endWithUs(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? -1, out, err }));
  });
}
