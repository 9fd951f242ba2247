import { sha256 } from "@noble/hashes/sha2.js";

const textEncoder = new TextEncoder();

/** Name of some content: 16 hexadecimal digits (64 bits) of its SHA-256. Equal bytes, equal name, on every machine. */
export function contentHash(bytes: Uint8Array): string {
  const digest = sha256(bytes);
  let text = "";
  for (let i = 0; i < 8; i++) text += byteTexts[digest[i] ?? 0] ?? "";
  return text;
}

/** `contentHash` over several texts in order; where one ends and the next begins counts. */
export function contentHashOf(texts: Iterable<string>): string {
  let joined = "";
  for (const text of texts) joined += `${text.length}:${text}`;
  return contentHash(textEncoder.encode(joined));
}

const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
