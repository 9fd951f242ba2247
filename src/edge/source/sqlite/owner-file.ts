import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A note beside the store file that says which process has it open. It locks nothing (SQLite's lock on the file does, and the
 * system releases that when a process dies): it is there so that the message of whoever comes second can name the first.
 */
export function ownerFileOf(dataDir: string): string {
  return join(dataDir, "probeplane.pid");
}

/** Never fails: a store that works is not refused for want of a note. */
export function writeOwner(dataDir: string): void {
  try {
    writeFileSync(ownerFileOf(dataDir), `${process.pid}\n`, { mode: 0o600 });
  } catch {
    removeOwner(dataDir);
  }
}

export function removeOwner(dataDir: string): void {
  try {
    rmSync(ownerFileOf(dataDir), { force: true });
  } catch {
    // What stays names a process that will be gone, which readOwner finds out.
  }
}

/** Process id of the owner, when the note is there and a process of that id lives. */
export function readOwner(dataDir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(ownerFileOf(dataDir), "utf8"), 10);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is somebody else's, and it lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
