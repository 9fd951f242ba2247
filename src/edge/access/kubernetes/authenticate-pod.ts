import { decodeJwt } from "jose";
import { readPodClaims, refusalForPod, type PodClaims } from "../../../core/access/pod-identity.ts";
import { tokenOf, type AuthenticateProxy } from "../authenticate-proxy.ts";
import { maxTokenLength } from "../verify-token.ts";
import type { ReviewToken } from "./review-token.ts";

export interface PodAuthenticationOptions {
  readonly review: ReviewToken;
  /** Audience that a token has to have: others are refused without asking anybody. */
  readonly audience: string;
  /** Reads the tokens that are no pod's. */
  readonly others: AuthenticateProxy;
  /** The time of day, in milliseconds, as tokens have it. */
  readonly now?: () => number;
  /** Milliseconds that only ever grow by the time that passes. */
  readonly steadyMs?: () => number;
}

/** A token that the API server has just called good is not called expired before: our clock may be wrong, and theirs decides. */
const confirmedMs = 60_000;

/**
 * Lets a pod's proxy in by the pod's service account token, and what shows another token by that. A stream that a token opened ends
 * when the token does: its proxy comes back with the one that the kubelet has put in its place meanwhile.
 */
export function createPodAuthentication({ review, audience, others, now = Date.now, steadyMs = () => performance.now() }: PodAuthenticationOptions): AuthenticateProxy {
  return async (authorization) => {
    const token = tokenOf(authorization);
    const claims = token === undefined ? undefined : podClaimsOf(token);
    if (token === undefined || claims === undefined) return await others(authorization);
    if (!claims.audiences.includes(audience)) return "not for this audience";
    const pod = await review(token);
    if (typeof pod === "string") return pod;
    const endMs = steadyMs() + Math.max((claims.expiresMs ?? Infinity) - now(), confirmedMs);
    return { refusal: (proxy) => (steadyMs() >= endMs ? "expired" : refusalForPod(pod, proxy)) };
  };
}

function podClaimsOf(token: string): PodClaims | undefined {
  if (token.length > maxTokenLength) return undefined;
  try {
    return readPodClaims(decodeJwt(token));
  } catch {
    return undefined;
  }
}
