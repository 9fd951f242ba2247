import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Longer lines are cut: no log has them, and a file without line ends must not fill the memory. */
const longestLine = 256 * 1024;

const newline = 0x0a;

/**
 * Calls `each` with every line of a log: UTF-8, UTF-16 with a byte order mark (what PowerShell's `>` writes) or gzip of these. Bytes that
 * are none of the encoding become replacement characters. Memory does not grow with the log.
 */
export async function forEachLine(input: Readable, each: (line: string) => void): Promise<void> {
  let asUtf8: ((bytes: Buffer) => Buffer) | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const read of unpacked(input)) {
    asUtf8 ??= encodingOf(read);
    const bytes = asUtf8(read);
    const first = bytes.indexOf(newline);
    if (first < 0) {
      if (rest.length < longestLine) rest = Buffer.concat([rest, bytes]);
      continue;
    }
    give(Buffer.concat([rest, bytes.subarray(0, first)]).toString(), each);
    const last = bytes.lastIndexOf(newline);
    if (last > first) eachOf(bytes.toString("utf8", first + 1, last), each);
    // A copy, as the block that it is part of would stay otherwise.
    rest = Buffer.from(bytes.subarray(last + 1));
  }
  give(rest.toString(), each);
}

/** Whole lines, without the end of the last one. */
function eachOf(block: string, each: (line: string) => void): void {
  let from = 0;
  for (let end = block.indexOf("\n"); end >= 0; end = block.indexOf("\n", from)) {
    if (end > from) each(block.slice(from, end));
    from = end + 1;
  }
  give(block.slice(from), each);
}

function give(line: string, each: (line: string) => void): void {
  if (line !== "") each(line.length > longestLine ? line.slice(0, longestLine) : line);
}

async function* unpacked(input: Readable): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    if (isFirst && bytes[0] === 0x1f && bytes[1] === 0x8b) {
      yield* unzipped(bytes, input);
      return;
    }
    isFirst = false;
    yield bytes;
  }
}

/** What is zipped, block by block: no more is unzipped than was asked for. */
async function* unzipped(first: Buffer, input: Readable): AsyncGenerator<Buffer> {
  async function* whole(): AsyncGenerator<Buffer> {
    yield first;
    for await (const chunk of input) yield chunk as Buffer;
  }
  for await (const plain of Readable.from(whole()).pipe(createGunzip())) yield plain as Buffer;
}

/** How blocks become UTF-8, by the byte order mark of the first. */
function encodingOf(first: Buffer): (bytes: Buffer) => Buffer {
  const [a, b] = first;
  const name = a === 0xff && b === 0xfe ? "utf-16le" : a === 0xfe && b === 0xff ? "utf-16be" : undefined;
  if (name === undefined) return (bytes) => bytes;
  const decoder = new TextDecoder(name);
  return (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }));
}
