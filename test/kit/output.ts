import type { ChildProcess } from "node:child_process";

/** What a child wrote to its standard output and error, in the order in which it came. */
export class Output {
  readonly #lines: string[] = [];
  #rest = "";

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => { this.#take(text); });
    }
  }

  /** Complete lines so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The end of it, for error messages. */
  tail(count = 20): string {
    return [...this.#lines, this.#rest].slice(-count).join("\n");
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop() ?? "";
    this.#lines.push(...parts);
  }
}
