import type { IncomingHttpHeaders } from "node:http";
import { asArray, asNumber, asObject, asString, ownField } from "../../core/base/json.ts";
import { KubeError, type KubeCause } from "./kube-error.ts";

/** Words for what the server says only as a number: its proxies and its start-up answer without a Status. */
const reasons: ReadonlyMap<number, string> = new Map([
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [409, "Conflict"],
  [410, "Expired"],
  [422, "Invalid"],
  [429, "TooManyRequests"],
  [503, "ServiceUnavailable"],
  [504, "Timeout"],
]);

/** The error that an answer of 400 and more is. */
export function readFailure(status: number, headers: IncomingHttpHeaders, body: string, asked: string): KubeError {
  return failureOf(parsed(body), status, headers, `${asked}: HTTP ${status}${body === "" ? "" : `: ${body.slice(0, 200).trim()}`}`);
}

/** The error that a Status object is: the body of an answer, or the last telling of a watch. */
export function failureOf(value: unknown, httpStatus: number, headers: IncomingHttpHeaders, otherwise: string): KubeError {
  const status = ownField(asObject(value), "kind") === "Status" ? asObject(value) : undefined;
  const code = asNumber(ownField(status, "code")) ?? httpStatus;
  const details = asObject(ownField(status, "details"));
  const seconds = asNumber(Number(headers["retry-after"] ?? NaN)) ?? asNumber(ownField(details, "retryAfterSeconds"));
  const reason = asString(ownField(status, "reason")) ?? reasons.get(code);
  return new KubeError(code, asString(ownField(status, "message")) ?? otherwise, {
    causes: (asArray(ownField(details, "causes")) ?? []).map(causeOf),
    ...(reason === undefined ? {} : { reason }),
    ...(seconds === undefined || seconds < 0 ? {} : { retryAfterMs: seconds * 1000 }),
  });
}

function causeOf(value: unknown): KubeCause {
  const cause = asObject(value);
  const fields = ["reason", "field", "message"] as const;
  return Object.fromEntries(fields.flatMap((name) => {
    const text = asString(ownField(cause, name));
    return text === undefined ? [] : [[name, text]];
  }));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
