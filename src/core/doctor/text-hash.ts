/** A number for a text (FNV-1a, 32 bits), so that the text itself need not be kept; a few of many thousand texts share one. */
export function textHash(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The same text with memory of its own: a part of a line that is kept would keep the whole block that was read. */
export function ownText(text: string): string {
  return text.split("").join("");
}
