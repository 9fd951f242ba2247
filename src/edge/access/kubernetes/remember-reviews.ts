import { createHash } from "node:crypto";
import type { PodIdentity } from "../../../core/access/pod-identity.ts";
import type { TokenRefusal } from "../../../core/access/refusal.ts";
import type { ReviewToken } from "./review-token.ts";

export interface RememberReviewsOptions {
  /** Milliseconds that only ever grow by the time that passes: a clock that is set makes nothing last longer. */
  readonly steadyMs?: () => number;
  /** How long a good answer is taken as it is; default 60,000. */
  readonly goodMs?: number;
  /** How long a refusal is repeated without asking again; default 5,000. */
  readonly badMs?: number;
  /** How old a good answer may be that is taken while the API server does not answer; default 600,000. */
  readonly graceMs?: number;
  /** How long nobody is asked after a question that had no answer; default 1,000. */
  readonly pauseMs?: number;
  /** Answers that are kept, at most; default 20,000. */
  readonly maxEntries?: number;
  /** Told what hinders, in one sentence, and when nothing does any more: each time it changes. */
  readonly onProblem?: (problem: string | undefined) => void;
  readonly logger: { warn(fields: object, message: string): void };
}

interface Entry {
  readonly answer: PodIdentity | TokenRefusal;
  readonly atMs: number;
}

/**
 * The same, remembered for a while: streams that come back together cost the API server little. One question at a time is asked
 * about a token. While the API server does not answer, good answers of the last minutes hold, and other tokens are `not checkable` at
 * once. Tokens themselves are not kept, but their hashes. Never rejects.
 */
export function rememberReviews(review: ReviewToken, options: RememberReviewsOptions): ReviewToken {
  const { steadyMs = () => performance.now(), goodMs = 60_000, badMs = 5_000, graceMs = 600_000, pauseMs = 1_000, maxEntries = 20_000, onProblem, logger } = options;
  const entries = new Map<string, Entry>();
  const asking = new Map<string, Promise<PodIdentity | TokenRefusal>>();
  let pausedUntilMs = -Infinity;
  let problem: string | undefined;

  const ageOf = (entry: Entry): number => steadyMs() - entry.atMs;
  const isPaused = (): boolean => steadyMs() < pausedUntilMs;

  function keep(hash: string, answer: PodIdentity | TokenRefusal): PodIdentity | TokenRefusal {
    entries.delete(hash);
    entries.set(hash, { answer, atMs: steadyMs() });
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
    return answer;
  }

  function withoutAnswer(entry: Entry | undefined): PodIdentity | TokenRefusal {
    return entry !== undefined && typeof entry.answer !== "string" && ageOf(entry) < graceMs ? entry.answer : "not checkable";
  }

  function tell(now: string | undefined): void {
    if (now === problem) return;
    problem = now;
    onProblem?.(now);
  }

  async function ask(hash: string, token: string, entry: Entry | undefined): Promise<PodIdentity | TokenRefusal> {
    try {
      const answer = await review(token);
      tell(undefined);
      return keep(hash, answer);
    } catch (error) {
      if (!isPaused()) logger.warn({ err: error }, "cannot ask the Kubernetes API server whose a token is");
      pausedUntilMs = steadyMs() + pauseMs;
      tell(`tokens of pods cannot be reviewed: ${error instanceof Error ? error.message : String(error)}`);
      return withoutAnswer(entry);
    } finally {
      asking.delete(hash);
    }
  }

  return async (token) => {
    const hash = createHash("sha256").update(token).digest("base64");
    const entry = entries.get(hash);
    if (entry !== undefined && ageOf(entry) < (typeof entry.answer === "string" ? badMs : goodMs)) return entry.answer;
    const asked = asking.get(hash);
    if (asked !== undefined) return await asked;
    if (isPaused()) return withoutAnswer(entry);
    const question = ask(hash, token, entry);
    asking.set(hash, question);
    return await question;
  };
}
