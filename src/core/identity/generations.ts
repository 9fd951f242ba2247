/**
 * One certificate authority of a mesh. A mesh has several for a while when its authority is replaced: the newer one is trusted
 * everywhere before it signs, the older one until the last certificate that it signed has ended.
 */
export interface Generation {
  /** 1 for a mesh's first; never given twice. */
  readonly serial: number;
  /** Where it is from: `builtin/<backend>`, or `provided/<backend>/<fingerprint>`. Another origin than the newest one's makes another generation. */
  readonly origin: string;
  /** PEM: the certificate that signs, then those above it. */
  readonly certificates: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  /** Of its own certificate, in milliseconds since 1970, as are the others. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** From when on it signs, in place of those before it. */
  readonly signsFromMs: number;
  /** The longest that a certificate was good for which it signed. */
  readonly longestLeafMs: number;
}

/** The authorities of one mesh, oldest first. What is stored is this. */
export interface Authority {
  readonly generations: readonly Generation[];
}

export type GenerationState =
  /** Trusted, and to sign later. */
  | "announced"
  | "signing"
  /** Trusted for what it signed. */
  | "retiring"
  /** Over: what it signed has ended. */
  | "retired";

const minuteMs = 60_000;

/** Clocks may be so far apart. */
export const clockToleranceMs = 15 * minuteMs;

/** So many are kept at a time at most; another one has to wait until the oldest is over. */
export const maxGenerations = 6;

/**
 * The one that signs: the newest whose time has come. While none has — a clock went back — the oldest, which the most proxies know.
 */
export function signerOf({ generations }: Authority, nowMs: number): Generation | undefined {
  return generations.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? generations[0];
}

export function stateOf(authority: Authority, generation: Generation, nowMs: number): GenerationState {
  if (generation === signerOf(authority, nowMs)) return "signing";
  const endMs = retiredFromMs(authority, generation);
  if (generation.signsFromMs > nowMs) return "announced";
  return endMs !== undefined && endMs <= nowMs ? "retired" : "retiring";
}

/** When the last certificate of a generation has ended; undefined: no other is to follow it yet. */
export function retiredFromMs({ generations }: Authority, generation: Generation): number | undefined {
  const followers = generations.slice(generations.indexOf(generation) + 1);
  if (followers.length === 0) return undefined;
  const lastSignatureMs = Math.min(...followers.map(({ signsFromMs }) => signsFromMs));
  // Certificates that live for minutes only work where clocks agree.
  return lastSignatureMs + generation.longestLeafMs + Math.min(clockToleranceMs, generation.longestLeafMs);
}

/** Those that are trusted, oldest first: all but those that are over. */
export function trustedOf(authority: Authority, nowMs: number): readonly Generation[] {
  return authority.generations.filter((generation) => stateOf(authority, generation, nowMs) !== "retired");
}

/** When, after now, another one begins to sign or an old one is over; undefined: nothing will happen by itself. */
export function nextChangeMs(authority: Authority, nowMs: number): number | undefined {
  const times = authority.generations.flatMap((generation) => [generation.signsFromMs, retiredFromMs(authority, generation) ?? 0]);
  const coming = times.filter((time) => time > nowMs);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

/** How much of an authority's life is left when a successor is announced. */
const successorShare = 0.2;

/** Whether the newest one ends soon enough for another to be announced. */
export function needsSuccessor({ generations }: Authority, nowMs: number): boolean {
  const newest = generations.at(-1);
  return newest === undefined || newest.notAfterMs - nowMs < (newest.notAfterMs - newest.notBeforeMs) * successorShare;
}

/** With one more, and without those that are over. The first one of a mesh signs at once; later ones after `announceMs`. */
export function withGeneration(
  authority: Authority,
  made: Omit<Generation, "serial" | "signsFromMs">,
  { nowMs, announceMs }: { readonly nowMs: number; readonly announceMs: number },
): Authority {
  const kept = trustedOf(authority, nowMs);
  const hasSigner = kept.some((generation) => generation.signsFromMs <= nowMs && generation.notAfterMs > nowMs);
  const signsFromMs = nowMs + (hasSigner ? announceMs : 0);
  const serial = Math.max(0, ...authority.generations.map((generation) => generation.serial)) + 1;
  return { generations: [...kept, { ...made, serial, signsFromMs }] };
}
