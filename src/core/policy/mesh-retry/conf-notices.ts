import { formatGoDuration } from "../../base/duration.ts";
import { asObject, asString, ownField } from "../../base/json.ts";
import { durationMs } from "../duration-ms.ts";
import type { ConfNotice, NoticeContext } from "../kind.ts";
import type { DefaultRetries } from "../plan-settings.ts";
import type { HttpRetryConf, MeshRetryConf } from "./conf.ts";
import { meshRetryDefaults as defaults } from "./defaults.ts";
import { blockFor } from "./plan.ts";
import { meetsUnsafeMethods, repeatsText, resetWords } from "./repeats.ts";
import { readRetryOn } from "./retry-conditions.ts";
import type { RequestBlock, RetryOn } from "./retry-conditions.ts";

/** What may surprise about a conf that was merged for a destination: that it does nothing there, or other than it seems to. */
export function meshRetryConfNotices(conf: MeshRetryConf, context: NoticeContext): readonly ConfNotice[] {
  const block = blockFor(context.protocol);
  if (conf[block] === undefined) {
    const instead = block === "tcp" ? "connections are attempted once" : defaultTexts[context.defaultRetries];
    return [{ code: "no-applicable-protocol", message: `no retries by policy, because the protocol is ${context.protocol} and there is no ${block} block; ${instead}` }];
  }
  if (block === "tcp" || conf[block].numRetries === 0) return [];
  return requestNotices(conf[block], block, context);
}

/** What is done instead of what no block says. */
const defaultTexts: Readonly<Record<DefaultRetries, string>> = {
  "by-method": "the default retries hold",
  "all-methods": "the default retries hold, which repeat requests of every method (`retries.default: all-methods`)",
  none: "nothing is tried again (`retries.default: none`)",
};

function requestNotices(conf: HttpRetryConf, block: RequestBlock, context: NoticeContext): readonly ConfNotice[] {
  const retryOn = readRetryOn(conf.retryOn ?? [], block);
  return [
    ...defaultRepeats(conf, retryOn, block),
    ...tryTooLong(conf, retryOn, context),
    ...mendedBackOff(conf),
    ...neverLimited(conf, retryOn, block),
    ...neverSelected(conf),
    ...bothWanted(conf, retryOn),
  ];
}

/** The conditions that hold by default are nowhere to be read in the policy; what is written there is told by the policy itself. */
function defaultRepeats(conf: HttpRetryConf, retryOn: RetryOn, block: RequestBlock): readonly ConfNotice[] {
  if (retryOn.words.length > 0 || !meetsUnsafeMethods(retryOn) || (conf.retriableRequestHeaders ?? []).length > 0) return [];
  return [{ code: "retries-repeat-requests", message: `by default, ${repeatsText(resetWords(defaults.conditions[block]), block)}` }];
}

/** What holds for a whole request where no MeshTimeout says otherwise. */
const defaultRequestTimeoutMs = 15_000;

function tryTooLong(conf: HttpRetryConf, { words }: RetryOn, context: NoticeContext): readonly ConfNotice[] {
  const perTryMs = durationMs(conf.perTryTimeout) ?? 0;
  if (perTryMs === 0) return [];
  const timeouts = asObject(ownField(context.confOf?.("MeshTimeout"), "http"));
  const requestMs = durationMs(asString(ownField(timeouts, "requestTimeout")));
  if (perTryMs >= (requestMs ?? defaultRequestTimeoutMs) && requestMs !== 0) return [aboveRequest(perTryMs, requestMs)];
  if (words.length === 0 || resetWords(words).length > 0) return [];
  return [{ code: "per-try-timeout", message: "a try that takes longer than perTryTimeout ends the request (504), because no condition of retryOn is for that; Reset, GatewayError and 5xx are" }];
}

/** A timeout that somebody set holds; one that nobody set makes room for the tries. */
function aboveRequest(perTryMs: number, requestMs: number | undefined): ConfNotice {
  const tries = `perTryTimeout ${formatGoDuration(perTryMs)} is not less than the timeout of the whole request, ${formatGoDuration(requestMs ?? defaultRequestTimeoutMs)}`;
  if (requestMs !== undefined) return { code: "per-try-timeout", message: `${tries} (http.requestTimeout of a MeshTimeout), so that a try that takes too long is the last` };
  return { code: "unlike-kuma", message: `${tries}, by default; the request gets the time of all its tries instead, where in Kuma it would end with the first. http.requestTimeout of a MeshTimeout limits it` };
}

/** Each policy for itself is valid. */
function mendedBackOff({ backOff }: HttpRetryConf): readonly ConfNotice[] {
  const [baseMs, maxMs] = [durationMs(backOff?.baseInterval), durationMs(backOff?.maxInterval)];
  if (baseMs === undefined || maxMs === undefined || maxMs >= baseMs) return [];
  const what = `backOff.maxInterval ${formatGoDuration(maxMs)} of one policy is less than baseInterval ${formatGoDuration(baseMs)} of another`;
  return [{ code: "inert-setting", message: `${what}; ${formatGoDuration(baseMs)} is taken for both` }];
}

/** Only an answer that is tried again anyway has its header looked at. */
function neverLimited({ rateLimitedBackOff, retriableResponseHeaders = [] }: HttpRetryConf, { words, statuses }: RetryOn, block: RequestBlock): readonly ConfNotice[] {
  const onAnswers = ["5xx", "gateway-error", "retriable-4xx", "envoy-ratelimited", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"];
  const conditions = words.length === 0 ? defaults.conditions[block] : words;
  if (rateLimitedBackOff === undefined || statuses.length > 0 || retriableResponseHeaders.length > 0 || conditions.some((word) => onAnswers.includes(word))) return [];
  return [{ code: "inert-setting", message: "rateLimitedBackOff does nothing, because retryOn tries no answer again; 429 beside it does" }];
}

function neverSelected({ hostSelection = [], hostSelectionMaxAttempts }: HttpRetryConf): readonly ConfNotice[] {
  if (hostSelectionMaxAttempts === undefined || hostSelection.some(({ predicate }) => predicate !== "OmitPreviousPriorities")) return [];
  return [{ code: "inert-setting", message: "hostSelectionMaxAttempts does nothing, because hostSelection leaves no endpoint out; OmitPreviousHosts does" }];
}

function bothWanted({ retriableRequestHeaders = [] }: HttpRetryConf, { methods }: RetryOn): readonly ConfNotice[] {
  if (retriableRequestHeaders.length === 0 || methods.length === 0) return [];
  const message = `a request is tried again only if its method is ${methods.join(" or ")} and one of retriableRequestHeaders is there as well; in Kuma either is enough`;
  return [{ code: "unlike-kuma", message }];
}
