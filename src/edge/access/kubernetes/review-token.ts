import { podOfReview, type PodIdentity } from "../../../core/access/pod-identity.ts";
import type { TokenRefusal } from "../../../core/access/refusal.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { kubeKinds } from "../../kube-client/kinds.ts";
import { hasStatus, KubeError } from "../../kube-client/kube-error.ts";
import type { KubeClient } from "../../kube-client/port.ts";
import { createTurns } from "./take-turns.ts";

/** Asks the API server whose token it is. Rejects when that cannot be had in time; never with anything of the token. */
export type ReviewToken = (token: string) => Promise<PodIdentity | TokenRefusal>;

export interface ReviewTokenOptions {
  readonly client: Pick<KubeClient, "create">;
  /** Audience that the token has to have. */
  readonly audience: string;
  /** How long an answer may take, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  /** Questions at a time; others wait, and fail with the first of these that does. Default 20. */
  readonly atOnce?: number;
}

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences: readonly string[] };
  readonly status?: unknown;
}

export function createTokenReviewer({ client, audience, timeoutMs = 5_000, atOnce = 20 }: ReviewTokenOptions): ReviewToken {
  const turns = createTurns(atOnce);
  return async (token) => {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", metadata: { name: "" }, spec: { token, audiences: [audience] } };
    const ask = (): Promise<TokenReview> => client.create<TokenReview>(kubeKinds.tokenReview, {}, review);
    const answer = await turns.take(() => within(ask().catch(askAgain(ask)), timeoutMs).catch(unlessAskedWrongly));
    return answer === undefined ? "not valid" : podOfReview(answer.status, audience);
  };
}

/** A kept connection may have ended before we wrote. A review changes nothing, so that it can be asked for twice. */
function askAgain<T>(ask: () => Promise<T>): (error: unknown) => Promise<T> {
  return async (error) => {
    if (error instanceof KubeError && error.reason === "Stale") return await ask();
    throw error;
  };
}

/** What the API server cannot even read is this token's fault, and nobody else's. */
function unlessAskedWrongly(error: unknown): undefined {
  if (!hasStatus(error, 400) && !hasStatus(error, 422)) throw error;
  return undefined;
}

async function within<T>(asked: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer to a TokenReview within ${timeoutMs} ms`)), timeoutMs);
  });
  // Who has waited long enough hears no more of it.
  asked.catch(() => undefined);
  return await Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
