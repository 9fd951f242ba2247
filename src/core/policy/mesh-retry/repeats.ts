import { idempotentMethods } from "./retry-conditions.ts";
import type { RequestBlock, RetryOn } from "./retry-conditions.ts";

/** Conditions of Envoy's that hold when a connection ends before the answer is there, whatever the app has done by then. */
const afterReset: ReadonlySet<string> = new Set(["reset", "5xx", "gateway-error"]);

/** Words among these that try a request again whose connection ended, or whose try took too long. */
export function resetWords(words: readonly string[]): readonly string[] {
  return words.filter((word) => afterReset.has(word));
}

/** Whether requests that must not be carried out twice are among those that are tried again. */
export function meetsUnsafeMethods({ methods }: RetryOn): boolean {
  return methods.length === 0 || methods.some((method) => !idempotentMethods.includes(method));
}

/** Statuses that a proxy gives itself when there is no answer to pass on. */
export const proxyMadeStatuses: readonly number[] = [502, 503, 504];

/** Why a request may reach an app twice, and what to do about it. */
export function repeatsText(words: readonly string[], block: RequestBlock): string {
  const what = block === "grpc" ? "a call" : "a request that is not idempotent (POST, PATCH)";
  const instead = block === "grpc" ? "without it only calls are tried again that were refused" : "HttpMethodGet and its like limit it to methods that may be repeated";
  return `${words.join(", ")} tries ${what} again although the app may have carried it out before the connection ended; ${instead}`;
}
