import { fieldPath } from "../../base/field-path.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../../base/json.ts";
import { didYouMean } from "../../base/nearest-name.ts";
import type { Violation } from "../../base/violation.ts";
import { durationMs } from "../duration-ms.ts";
import { checkField, durationProblem, positiveDurationProblem } from "../field-checks.ts";
import { validateHeaderMatches } from "./validate-header-matches.ts";
import { validateHostSelection } from "./validate-host-selection.ts";
import { readRetryOnItem, retryOnNames } from "./retry-conditions.ts";
import type { RequestBlock } from "./retry-conditions.ts";

type Fields = Readonly<Record<string, unknown>>;

const commonFields = ["numRetries", "perTryTimeout", "backOff", "rateLimitedBackOff", "retryOn"];
const fieldsOf: Readonly<Record<RequestBlock, readonly string[]>> = {
  http: [...commonFields, "retriableRequestHeaders", "retriableResponseHeaders", "hostSelection", "hostSelectionMaxAttempts"],
  grpc: commonFields,
};

/** What is wrong with an `http` or `grpc` block beyond its shape. `path` is where the block stands. */
export function validateRequests(conf: Fields | undefined, path: string, block: RequestBlock): readonly Violation[] {
  if (conf === undefined) return [];
  if (!fieldsOf[block].some((field) => ownField(conf, field) !== undefined)) return [{ path, message: "must not be empty" }];
  const found: Violation[] = [
    ...checkField(conf, "perTryTimeout", path, durationProblem),
    ...validateBackOff(asObject(ownField(conf, "backOff")), fieldPath(path, "backOff")),
    ...validateRateLimited(asObject(ownField(conf, "rateLimitedBackOff")), fieldPath(path, "rateLimitedBackOff")),
    ...validateRetryOn(asArray(ownField(conf, "retryOn")) ?? [], fieldPath(path, "retryOn"), block),
  ];
  if (block === "grpc") return found;
  for (const field of ["retriableRequestHeaders", "retriableResponseHeaders"]) {
    found.push(...validateHeaderMatches(asArray(ownField(conf, field)) ?? [], fieldPath(path, field)));
  }
  found.push(...validateHostSelection(asArray(ownField(conf, "hostSelection")) ?? [], fieldPath(path, "hostSelection")));
  const attempts = asNumber(ownField(conf, "hostSelectionMaxAttempts"));
  if (attempts !== undefined && attempts <= 0) found.push({ path: fieldPath(path, "hostSelectionMaxAttempts"), message: "must be greater than 0" });
  return found;
}

function validateBackOff(backOff: Fields | undefined, path: string): readonly Violation[] {
  if (backOff === undefined) return [];
  const [base, max] = [ownField(backOff, "baseInterval"), ownField(backOff, "maxInterval")];
  if (base === undefined && max === undefined) return [{ path, message: "must not be empty" }];
  const found = [
    ...checkField(backOff, "baseInterval", path, positiveDurationProblem),
    ...checkField(backOff, "maxInterval", path, positiveDurationProblem),
  ];
  if ((durationMs(asString(max)) ?? Infinity) < (durationMs(asString(base)) ?? 0)) found.push({ path: fieldPath(path, "maxInterval"), message: "must not be less than baseInterval" });
  return found;
}

function validateRateLimited(rateLimited: Fields | undefined, path: string): readonly Violation[] {
  if (rateLimited === undefined) return [];
  const headers = ownField(rateLimited, "resetHeaders") ?? [];
  const at = fieldPath(path, "resetHeaders");
  const found: Violation[] = asArray(headers)?.length === 0 ? [{ path: at, message: "must be defined" }] : [];
  (asArray(headers) ?? []).forEach((header, i) => {
    const name = asString(ownField(asObject(header), "name"));
    const place = fieldPath(fieldPath(at, i), "name");
    if (name === "") found.push({ path: place, message: "must be defined" });
    else if (name !== undefined && !/^[a-zA-Z0-9!#$%&'*+\-.^_`|~]+$/.test(name)) found.push({ path: place, message: "must be the name of a header" });
  });
  return [...found, ...checkField(rateLimited, "maxInterval", path, positiveDurationProblem)];
}

function validateRetryOn(list: readonly unknown[], path: string, block: RequestBlock): readonly Violation[] {
  return list.flatMap((item, i): Violation[] => {
    const text = asString(item) ?? (block === "http" ? asNumber(item) : undefined);
    if (text === undefined || readRetryOnItem(text, block) !== undefined) return [];
    return [{ path: fieldPath(path, i), message: `unknown item '${text}'${hint(String(text), block)}` }];
  });
}

/** What was meant, as far as it can be told. */
function hint(text: string, block: RequestBlock): string {
  if (text.includes(",")) return "; each condition is an item of its own";
  if (block === "grpc" && readRetryOnItem(text, "http") !== undefined) return "; gRPC calls are told apart by the status of the call, all are POST requests that are answered with 200";
  return didYouMean(text, retryOnNames(block));
}
