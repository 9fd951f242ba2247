import { readRetryOnItem, retryConditions } from "../policy/mesh-retry/retry-conditions.ts";
import type { RequestBlock } from "../policy/mesh-retry/retry-conditions.ts";

/** What a VirtualService's `retryOn` says, in the words of MeshRetry; a block without any condition never tries again. */
export interface ConvertedConditions {
  readonly http: readonly string[];
  readonly grpc: readonly string[];
  /** Conditions that nothing comes of, and why. */
  readonly left: readonly { readonly condition: string; readonly message: string }[];
}

/** What Istio has where `retryOn` is not said (1.24 and later; before, and in ASM, with the status 503 as well). */
export const defaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled";

/** Reads it as Istio does: conditions of Envoy and statuses, with commas between. Istio looks at statuses wherever there are any. */
export function convertRetryOn(text: string): ConvertedConditions {
  const conditions = text.split(",").map((each) => each.trim()).filter((each) => each !== "");
  const left = conditions.flatMap((condition) => {
    const message = whyLeft(condition);
    return message === undefined ? [] : [{ condition, message }];
  });
  const known = conditions.filter((condition) => whyLeft(condition) === undefined && condition !== "retriable-status-codes");
  return { http: namesFor("http", known), grpc: namesFor("grpc", known), left };
}

function namesFor(block: RequestBlock, conditions: readonly string[]): readonly string[] {
  const items = conditions.map((condition) => readRetryOnItem(condition, block));
  const words = items.flatMap((item) => (item !== undefined && "word" in item ? [nameOf(item.word)] : []));
  const statuses = items.flatMap((item) => (item !== undefined && "status" in item ? [String(item.status)] : []));
  // With statuses alone, MeshRetry would add its default conditions.
  const alone = words.length === 0 && statuses.length > 0 ? ["RetriableStatusCodes"] : [];
  return [...new Set([...alone, ...words, ...statuses])];
}

function nameOf(word: string): string {
  return retryConditions.find((condition) => condition.word === word)?.name ?? word;
}

function whyLeft(condition: string): string | undefined {
  if (condition === "retriable-headers") return "means headers that a VirtualService cannot name; MeshRetry can: `retriableResponseHeaders`";
  const isOfEnvoy = /^\d+$/.test(condition) || retryConditions.some(({ word }) => word === condition);
  return isOfEnvoy && readRetryOnItem(condition, "http") !== undefined ? undefined : "is no condition that Envoy knows; it passes it over";
}
