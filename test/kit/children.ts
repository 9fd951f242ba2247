import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";

/**
 * Every process that tests or the demo start is ended with them, whatever ends them: while we live we end each by its pid; should we be
 * killed outright, a small shell that waits on a pipe from us sees the pipe close and ends those that are left.
 */
const running = new Set<ChildProcess>();

const guardScript = `
trap '' INT TERM HUP
pids=" "
while read -r op pid; do
  case $op in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
`;

let guard: ChildProcess | undefined;

/** Puts a child under guard until it ends. */
export function endWithUs(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  running.add(child);
  tellGuard(`+ ${String(pid)}`);
  child.once("exit", () => {
    running.delete(child);
    tellGuard(`- ${String(pid)}`);
  });
}

/** Kills at once whatever still runs. Synchronous: also good in an exit handler. */
export function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Asks a child to end, and kills it when it has not within `graceMs`. Resolves when it has ended; at once when it had. */
export async function endChild(child: ChildProcess, graceMs = 5000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => { resolve(); });
  });
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(last);
}

function tellGuard(line: string): void {
  guard ??= startGuard();
  guard.stdin?.write(`${line}\n`);
}

function startGuard(): ChildProcess {
  // In a session of its own, so that Ctrl-C in a terminal does not reach it before it has done its work.
  const started = spawn("/bin/sh", ["-c", guardScript], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  started.unref();
  started.stdin.on("error", () => undefined);
  // A child's pipe is a socket, though its type does not say so; it must not keep us running.
  if (started.stdin instanceof Socket) started.stdin.unref();
  process.once("exit", killRunning);
  return started;
}

/** SIGKILL: nothing of it gets to say good-bye. Resolves when it is gone, at once when it was gone before. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => { resolve(); });
  });
  child.kill("SIGKILL");
  await gone;
}
