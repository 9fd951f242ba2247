import { readdirSync, readFileSync } from "node:fs";

/** What a process has used so far and holds now. Zero where the system has no /proc. */
export interface ProcessUsage {
  readonly cpuS: number;
  readonly rssMiB: number;
  /** The most that was ever resident. */
  readonly peakMiB: number;
}

export function readUsage(pid: number): ProcessUsage {
  const status = readText(`/proc/${pid}/status`);
  return { cpuS: readCpuS(pid), rssMiB: readMiB(status, "VmRSS"), peakMiB: readMiB(status, "VmHWM") };
}

/** CPU seconds of the whole machine, in steps of 10 ms (/proc/stat: all but idle and waiting for disks). */
export function readMachineCpuS(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readText("/proc/stat").split("\n")[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return (user + nice + system + irq + softIrq + steal) / 100;
}

/** Nanoseconds that each thread ran (/proc/…/schedstat, first figure); the ticks of /proc/…/stat are 10 ms, too coarse for a small change. */
function readCpuS(pid: number): number {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const ns = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]));
    return ns.reduce((sum, each) => sum + each, 0) / 1e9;
  } catch {
    return readTicksS(pid);
  }
}

function readTicksS(pid: number): number {
  const stat = readText(`/proc/${pid}/stat`);
  // The command name may hold spaces: count from its closing bracket. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

function readMiB(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) / 1024;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
