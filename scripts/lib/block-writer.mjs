// Two processes write suites at once: what each writes is passed on in blocks, so that a suite stands together.
import { stripVTControlCharacters } from "node:util";

/** Mocha's spec report indents the title of a suite in a file by two spaces. */
const blockStart = /^ {2}\S/;

/**
 * Holds text back until the next block begins.
 *
 * @param {(text: string) => void} pass
 * @returns {{ write(text: string): void, end(): void }} `end` passes on what is left
 */
export function createBlockWriter(pass) {
  let block = "";
  let line = "";
  const flush = () => {
    if (block !== "") pass(block);
    block = "";
  };
  return {
    write(text) {
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const each of lines) {
        if (blockStart.test(stripVTControlCharacters(each))) flush();
        block += `${each}\n`;
      }
    },
    end() {
      block += line;
      line = "";
      flush();
    },
  };
}
