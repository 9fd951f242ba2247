import { spawn } from "node:child_process";

export interface ProgramEnd {
  /** Undefined: there is no such program. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with a text on its standard input. Never throws. */
export type RunProgram = (program: string, args: readonly string[], input?: string) => Promise<ProgramEnd>;

export function runProgram(program: string, args: readonly string[], input = ""): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ status: error.code === "ENOENT" ? undefined : 126, stdout: "", stderr: error.message });
    });
    child.on("close", (status, signal) => {
      resolve({ status: status ?? 128, stdout: Buffer.concat(out).toString(), stderr: signal === null ? Buffer.concat(err).toString().trim() : `ended by ${signal}` });
    });
    // It may end without having read it all; its status says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
