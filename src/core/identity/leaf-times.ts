import { clockToleranceMs } from "./generations.ts";

/** From when until when a certificate of a proxy is good, and when another one is made, in milliseconds since 1970. */
export interface LeafTimes {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly renewAtMs: number;
}

/** How much of a certificate's life passes before it is renewed: at most, as in Kuma, and how much earlier it may be. */
const renewShare = 0.8;
const jitterShare = 0.1;

/** However short certificates live, a proxy does not get them faster than this. */
const shortestRenewalMs = 1_000;

/**
 * Times of a certificate that is made now. It is good from a while ago, since clocks differ, and never for longer than what signs it.
 * @param random from 0 to 1: proxies that came together do not come again together.
 */
export function leafTimes(
  lifetimeMs: number,
  signer: { readonly notBeforeMs: number; readonly notAfterMs: number },
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): LeafTimes {
  const notAfterMs = Math.min(nowMs + lifetimeMs, signer.notAfterMs);
  const livesMs = Math.max(0, notAfterMs - nowMs);
  return {
    notBeforeMs: Math.min(Math.max(nowMs - clockToleranceMs, signer.notBeforeMs), nowMs),
    notAfterMs,
    renewAtMs: nowMs + Math.max(shortestRenewalMs, livesMs * (renewShare - random * jitterShare)),
  };
}
