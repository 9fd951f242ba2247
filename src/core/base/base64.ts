const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map(Array.from(alphabet).map((letter, value) => [letter, value]));

/** Bytes of a Base64 text (RFC 4648 section 4, with padding); undefined when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const letters = text.replace(/={1,2}$/, "");
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let bits = 0;
  let size = 0;
  let length = 0;
  for (const letter of letters) {
    const value = values.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    size += 6;
    if (size < 8) continue;
    size -= 8;
    bytes[length++] = (bits >> size) & 0xff;
  }
  return bytes;
}

/** Bytes as Base64 text (RFC 4648 section 4, with padding). */
export function encodeBase64(bytes: Uint8Array): string {
  const quads: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(i, i + 3);
    const bits = (first << 16) | (second << 8) | third;
    const quad = [18, 12, 6, 0].map((shift) => alphabet.charAt((bits >> shift) & 63)).join("");
    quads.push(i + 2 < bytes.length ? quad : quad.slice(0, 1 + bytes.length - i).padEnd(4, "="));
  }
  return quads.join("");
}

/** Lower-case hexadecimal digits, two for each byte. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
