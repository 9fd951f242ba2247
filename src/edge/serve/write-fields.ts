/** Fields of protobuf messages, written by hand into a buffer that is large enough. */

/** Tags of length-delimited fields: number × 8 + 2. Every field that we write has a number below 16, hence one byte. */
export const tag = { one: 0x0a, two: 0x12, three: 0x1a, four: 0x22, five: 0x2a, six: 0x32 } as const;

/** Size of a length-delimited field with so many bytes in it. */
export function nestedSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Size of a text field; an empty text is left out. */
export function textSize(text: string): number {
  return text === "" ? 0 : nestedSize(byteLength(text));
}

/** Returns the offset after the field. */
export function writeText(out: Buffer, at: number, field: number, text: string): number {
  if (text === "") {
    return at;
  }
  const length = byteLength(text);
  const start = writeLength(out, at, field, length);
  if (length !== text.length) {
    return start + out.write(text, start);
  }
  for (let i = 0; i < length; i++) {
    out[start + i] = text.charCodeAt(i);
  }
  return start + length;
}

/** Names and versions are short and ASCII: a look at each character costs less than a call out of JavaScript. */
export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) {
      return Buffer.byteLength(text);
    }
  }
  return text.length;
}

/** Writes tag and length of a field; returns the offset of its content. */
export function writeLength(out: Buffer, start: number, field: number, length: number): number {
  let at = start;
  out[at++] = field;
  let rest = length;
  while (rest > 0x7f) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}
