/** A piece of a text between two document markers. */
export interface DocumentText {
  /** Counted from 1; pieces that hold only comments are not counted. */
  readonly number: number;
  /** Line of the text on which the piece begins, counted from 1. */
  readonly firstLine: number;
  readonly text: string;
}

/**
 * Splits a YAML stream at its document markers, without parsing. YAML forbids `---` and `...` at the start of a line inside a
 * document (YAML 1.2, 9.1.2), so this is exact, and what is broken in one document cannot reach into the next.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const found: DocumentText[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  const finish = (nextLine: number): void => {
    const piece = lines.join("\n");
    if (!isBlank(lines)) found.push({ number: found.length + 1, firstLine, text: piece });
    lines = [];
    firstLine = nextLine;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const marker = /^(---|\.\.\.)(?=\s|$)/.exec(line);
    if (marker === null) {
      lines.push(line);
      continue;
    }
    finish(index + 1);
    // What follows the marker on its line belongs to the new document; blanks keep its column.
    lines.push(`   ${line.slice(3)}`);
  }
  finish(0);
  return found;
}

/** Only blank lines, comments and directives. */
function isBlank(lines: readonly string[]): boolean {
  return lines.every((line) => /^\s*(#.*)?$/.test(line) || line.startsWith("%"));
}
