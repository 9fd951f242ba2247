import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** All that a command sees of the process it runs in; tests give it another one. */
export interface Terminal {
  /** Standard output: what was asked for, nothing else. */
  out(text: string): void;
  /** Standard error: everything else. */
  err(text: string): void;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
  /** Standard input as it comes, for what may be too much to hold. */
  inputStream(): Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  readInput: () => buffer(process.stdin),
  inputStream: () => process.stdin,
  env: process.env,
};
