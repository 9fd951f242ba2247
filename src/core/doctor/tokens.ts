/**
 * Words of a text line from `start` on: what stands in quotes is one, without them. Envoy does not escape quotes in headers, so that one
 * ends such a word only where another word can begin, or the line ends.
 */
export function readTokens(line: string, start: number, limit: number): string[] {
  const tokens: string[] = [];
  let at = start;
  while (at < line.length && tokens.length < limit) {
    if (line.charCodeAt(at) === space) {
      at++;
      continue;
    }
    const isQuoted = line.charCodeAt(at) === quote;
    const end = isQuoted ? endOfQuoted(line, at + 1) : endOfWord(line, at);
    if (end < 0) break;
    tokens.push(isQuoted ? line.slice(at + 1, end) : line.slice(at, end));
    at = isQuoted ? end + 1 : end;
  }
  return tokens;
}

const space = 0x20;
const quote = 0x22;

function endOfWord(line: string, at: number): number {
  const end = line.indexOf(" ", at);
  return end < 0 ? line.length : end;
}

/** -1: the line ends before the quote does. */
function endOfQuoted(line: string, from: number): number {
  for (let end = line.indexOf('"', from); end >= 0; end = line.indexOf('"', end + 1)) {
    if (end + 1 === line.length || (line.charCodeAt(end + 1) === space && isBeginning(line.charCodeAt(end + 2)))) return end;
  }
  return -1;
}

/** Of what Envoy writes: a quote, a dash for nothing, a letter or a number. */
function isBeginning(code: number): boolean {
  return code === quote || code === 0x2d || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
