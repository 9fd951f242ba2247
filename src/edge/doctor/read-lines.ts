import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Longer lines are cut: no log has them, and a file without line ends must not fill the memory. */
const longestLine = 256 * 1024;

/**
 * The lines of a log, in portions: UTF-8, UTF-16 with a byte order mark (what PowerShell's `>` writes) or gzip of these. Bytes that are
 * none of the encoding become replacement characters. Memory does not grow with the log.
 */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  let decode: ((bytes: Buffer) => string) | undefined;
  let rest = "";
  for await (const bytes of unpacked(input)) {
    decode ??= decoderFor(bytes);
    const text = rest + decode(bytes);
    const end = text.lastIndexOf("\n");
    rest = text.slice(end + 1);
    if (rest.length > longestLine) rest = rest.slice(0, longestLine);
    if (end >= 0) yield text.slice(0, end);
  }
  rest += decode?.(Buffer.alloc(0)) ?? "";
  if (rest !== "") yield rest;
}

/** Blocks of whole lines where the encoding lets us see them; a block is never cut inside a character then. */
async function* unpacked(input: Readable): AsyncGenerator<Buffer> {
  let first: Buffer | undefined;
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    first ??= bytes;
    if (first === bytes && bytes[0] === 0x1f && bytes[1] === 0x8b) {
      input.unshift(bytes);
      const plain = input.pipe(createGunzip());
      for await (const each of plain) yield each as Buffer;
      return;
    }
    yield bytes;
  }
}

function decoderFor(first: Buffer): (bytes: Buffer) => string {
  const [a, b] = first;
  const name = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : "utf-8";
  const decoder = new TextDecoder(name);
  return (bytes) => decoder.decode(bytes, { stream: bytes.length > 0 });
}

/** Calls `each` with every line. */
export async function forEachLine(input: Readable, each: (line: string) => void): Promise<void> {
  for await (const block of readLines(input)) {
    let from = 0;
    for (let end = block.indexOf("\n"); end >= 0; end = block.indexOf("\n", from)) {
      if (end > from) each(block.slice(from, end));
      from = end + 1;
    }
    if (from < block.length) each(from === 0 ? block : block.slice(from));
  }
}

