/** The little of protobuf's wire format that is written by hand: tags and lengths around parts that are encoded already. */

/** The tag of a field that has a length (messages, strings), as the bytes before its length. */
export function lengthDelimitedTag(fieldNumber: number): Uint8Array {
  return varint(fieldNumber * 8 + 2);
}

/** A whole number from 0 to 2^53, as bytes of its own. */
export function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  writeVarint(value, bytes, 0);
  return bytes;
}

export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a whole number from 0 to 2^53 and returns the offset behind it. */
export function writeVarint(value: number, target: Uint8Array, offset: number): number {
  let rest = value;
  let at = offset;
  for (; rest >= 128; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) + 128;
  target[at++] = rest;
  return at;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
