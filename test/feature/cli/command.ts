import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { main } from "../../../src/main/main.ts";

export interface CommandResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process and gives what a user would see. */
export async function command(args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  let [out, err] = ["", ""];
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    readInput: () => Promise.resolve(new TextEncoder().encode(input)),
    inputStream: () => Readable.from([Buffer.from(input)]),
    env,
  };
  const status = await main(args, terminal);
  return { status, out, err };
}

/** A folder with files, gone when `use` ends. */
export async function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "probeplane-cli-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
