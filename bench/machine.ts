import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** The machine in words, without anything that names it. */
export function describeMachine(): string[] {
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, shared by server and clients`,
    `${type()} ${release().split("-")[0] ?? ""}, Node ${process.versions.node}, ${goVersion()}`,
  ];
}

function goVersion(): string {
  try {
    const words = execFileSync("go", ["version"], { stdio: ["ignore", "pipe", "ignore"] }).toString().split(" ");
    return `Go ${(words[2] ?? "").replace("go", "")}`;
  } catch {
    return "no Go";
  }
}
