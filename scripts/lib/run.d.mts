import type { StdioOptions } from "node:child_process";

/** Runs a program in the checkout and gives its exit status (128 + n for a signal). */
export function run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>, stdio?: StdioOptions, onOutput?: (text: string) => void): Promise<number>;
