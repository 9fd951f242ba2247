import { fieldPath } from "../../base/field-path.ts";
import type { Notice, NoticeCode } from "../../base/notice.ts";
import type { Policy } from "../../model/target-ref.ts";
import { sameServiceTwice } from "../same-service-twice.ts";
import type { HttpRetryConf, MeshRetryConf } from "./conf.ts";
import { meetsUnsafeMethods, proxyMadeStatuses, repeatsText, resetWords } from "./repeats.ts";
import { readRetryOn } from "./retry-conditions.ts";
import type { RequestBlock, RetryOn } from "./retry-conditions.ts";

type Tell = (code: NoticeCode, path: string, message: string) => void;

/** What may surprise the author of a MeshRetry, seen from the policy alone. */
export function meshRetryNotices(policy: Policy): readonly Notice[] {
  const { kind, mesh, name } = policy;
  const found: Notice[] = [];
  (policy.spec.to ?? []).forEach((item, i) => {
    const conf = (item.default ?? {}) as MeshRetryConf;
    for (const block of ["http", "grpc"] as const) {
      const path = `spec.${fieldPath("to", i)}.default.${block}`;
      const tell: Tell = (code, field, message) => found.push({ code, about: { kind, mesh, name }, path: `${path}.${field}`, message });
      if (conf[block] !== undefined) tellBlock(conf[block], block, tell);
    }
  });
  return [...found, ...sameServiceTwice(policy)];
}

function tellBlock(conf: HttpRetryConf, block: RequestBlock, tell: Tell): void {
  if (conf.retryOn === undefined || conf.numRetries === 0) return;
  const retryOn = readRetryOn(conf.retryOn, block);
  tellRepeats(conf, retryOn, block, tell);
  tellOwnStatuses(retryOn, tell);
  tellInert(conf, retryOn, tell);
}

/** Who says for which requests by a header has thought about which may be repeated. */
function tellRepeats(conf: HttpRetryConf, retryOn: RetryOn, block: RequestBlock, tell: Tell): void {
  const words = resetWords(retryOn.words);
  if (words.length === 0 || !meetsUnsafeMethods(retryOn) || (conf.retriableRequestHeaders ?? []).length > 0) return;
  tell("retries-repeat-requests", "retryOn", repeatsText(words, block));
}

/** Statuses are looked at in answers; a proxy that has none to pass on makes one for the client, when all retries are over. */
function tellOwnStatuses({ words, statuses }: RetryOn, tell: Tell): void {
  const own = statuses.filter((status) => proxyMadeStatuses.includes(status));
  if (own.length === 0 || words.length === 0 || resetWords(words).length > 0) return;
  const what = `${own.join(", ")} is looked for in answers, and not seen where this proxy makes the status itself because a connection ended or took too long`;
  tell("own-status-not-retried", "retryOn", `${what}; Reset covers that`);
}

function tellInert(conf: HttpRetryConf, { words, statuses }: RetryOn, tell: Tell): void {
  if (words.includes("retriable-status-codes") && statuses.length === 0) {
    tell("inert-setting", "retryOn", "RetriableStatusCodes does nothing without a status beside it, such as 503");
  }
  if (words.includes("retriable-headers") && (conf.retriableResponseHeaders ?? []).length === 0) {
    tell("inert-setting", "retryOn", "RetriableHeaders does nothing without retriableResponseHeaders");
  }
  if (words.includes("http3-post-connect-failure")) {
    tell("inert-setting", "retryOn", "Http3PostConnectFailure does nothing: no service is called by HTTP/3");
  }
}
