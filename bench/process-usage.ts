import { readdirSync, readFileSync } from "node:fs";

/** What a process has used so far and holds now. Zero where the system has no /proc. */
export interface ProcessUsage {
  readonly cpuS: number;
  readonly rssMiB: number;
}

export function readUsage(pid: number): ProcessUsage {
  return { cpuS: readCpuS(pid), rssMiB: readRssMiB(pid) };
}

/** Nanoseconds that each thread ran (/proc/…/schedstat, first figure); the ticks of /proc/…/stat are 10 ms, too coarse for a small change. */
function readCpuS(pid: number): number {
  try {
    const tasks = readdirSync(`/proc/${String(pid)}/task`);
    const ns = tasks.map((task) => Number(readFileSync(`/proc/${String(pid)}/task/${task}/schedstat`, "utf8").split(" ")[0]));
    return ns.reduce((sum, each) => sum + each, 0) / 1e9;
  } catch {
    return readTicksS(pid);
  }
}

function readTicksS(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
    // The command name may hold spaces: count from its closing bracket. utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function readRssMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
