/** Where the demo writes: lines that stay, and in a terminal a table below them that follows what happens. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly live: boolean;
  #table: () => readonly string[] = () => [];
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.live = out.isTTY;
  }

  /** Keeps the table that `table` gives below the lines, drawn anew twice a second. */
  follow(table: () => readonly string[]): void {
    this.#table = table;
    if (!this.live) return;
    this.#timer = setInterval(() => {
      this.#erase();
      this.#draw();
    }, 500);
  }

  /** Leaves the table as it is. */
  stop(): void {
    clearInterval(this.#timer);
    this.#drawn = 0;
    this.#table = () => [];
  }

  line(text = ""): void {
    this.#erase();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  heading(text: string): void {
    this.line();
    this.line(this.#style("1", text));
  }

  /** The table among the lines, where nobody sees the live one. */
  showTable(): void {
    if (this.live) return;
    for (const row of this.#table()) this.line(`    ${row}`);
  }

  good(text: string): string {
    return this.#style("32", text);
  }

  bad(text: string): string {
    return this.#style("31;1", text);
  }

  faint(text: string): string {
    return this.#style("2", text);
  }

  #style(code: string, text: string): string {
    return this.live ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.live) return;
    const rows = this.#table();
    if (rows.length === 0) return;
    const width = this.#out.columns;
    this.#out.write(["", ...rows].map((row) => `${row.slice(0, width - 1)}\n`).join(""));
    this.#drawn = rows.length + 1;
  }
}
