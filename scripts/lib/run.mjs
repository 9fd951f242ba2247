import { spawn } from "node:child_process";
import { root } from "./root.mjs";

/**
 * Runs a program in the checkout, its output on ours, and gives its exit status (128 + n for a signal). What ends us ends it too.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @param {import("node:child_process").StdioOptions} [stdio]
 * @param {(text: string) => void} [onOutput] takes what the program writes to either of its outputs, instead of ours
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}, stdio = "inherit", onOutput = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: onOutput === undefined ? stdio : ["inherit", "pipe", "pipe"] });
    for (const output of onOutput === undefined ? [] : [child.stdout, child.stderr]) output.setEncoding("utf8").on("data", onOutput);
    const pass = (signal) => child.kill(signal);
    process.on("SIGTERM", pass);
    process.on("SIGINT", pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGTERM", pass);
      process.off("SIGINT", pass);
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : 15));
    });
  });
}
