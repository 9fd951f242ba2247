/** Largest file, in bytes. Some ten thousand resources in one file fit. */
export const maxFileBytes = 64 * 1024 * 1024;

export type DecodedText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** A file's bytes as text: UTF-8, with or without byte order mark, without NUL characters, of bounded size. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes.byteLength > maxFileBytes) return { ok: false, message: tooLarge(bytes.byteLength) };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? { ok: false, message: "is not text: it has NUL characters" } : { ok: true, text };
  } catch {
    return { ok: false, message: "is not text: it is not valid UTF-8" };
  }
}

/** What to say of a file of so many bytes, without reading it. */
export function tooLarge(bytes: number): string {
  return `is too large: ${bytes} bytes, and a file may have ${maxFileBytes}`;
}
