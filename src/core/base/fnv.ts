const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** FNV-1a of a text's UTF-8, 64 bits, in lower-case hex without leading zeros. For names that others work out alike, not for safety. */
export function fnv64a(text: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16);
}
