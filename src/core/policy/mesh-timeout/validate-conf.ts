import { fieldPath } from "../../base/field-path.ts";
import { asArray, asObject, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";
import { checkField, durationProblem, positiveDurationProblem } from "../field-checks.ts";

type Fields = Readonly<Record<string, unknown>>;

export const httpFields = ["requestTimeout", "streamIdleTimeout", "maxStreamDuration", "maxConnectionDuration", "requestHeadersTimeout"] as const;

/** Not together with matches by SPIFFE ID. */
export const fieldsWithoutCallers = ["connectionTimeout", "idleTimeout", "http.requestHeadersTimeout", "http.maxStreamDuration", "http.maxConnectionDuration"] as const;

export const someTimeoutText = "at least one timeout should be configured";
export const someHttpText = "at least one timeout in this section should be configured";
export const unconditionalText = "can't be specified when matches contain spiffeID because this field cannot be conditioned on source identity";

/**
 * What is wrong with an item's `default` beyond its shape, in the rules and texts of Kuma 2.14; but requestHeadersTimeout may stand alone.
 * `path` is where the item stands.
 */
export function validateItem(item: Fields, path: string): readonly Violation[] {
  const at = fieldPath(path, "default");
  const written = ownField(item, "default");
  const conf = isAbsent(written) ? {} : asObject(written);
  if (conf === undefined) return [];
  if (["connectionTimeout", "idleTimeout", "http"].every((field) => isAbsent(ownField(conf, field)))) return [{ path: at, message: someTimeoutText }];
  return [
    // Envoy refuses a cluster whose connections may take no time.
    ...checkField(conf, "connectionTimeout", at, positiveDurationProblem),
    ...checkField(conf, "idleTimeout", at, durationProblem),
    ...validateHttp(asObject(ownField(conf, "http")), fieldPath(at, "http")),
    ...(namesCallers(item) ? unconditional(conf, at) : []),
  ];
}

function validateHttp(http: Fields | undefined, path: string): readonly Violation[] {
  if (http === undefined) return [];
  if (httpFields.every((field) => isAbsent(ownField(http, field)))) return [{ path, message: someHttpText }];
  return httpFields.flatMap((field) => checkField(http, field, path, durationProblem));
}

function namesCallers(item: Fields): boolean {
  return (asArray(ownField(item, "matches")) ?? []).some((match) => !isAbsent(ownField(asObject(match), "spiffeID")));
}

function unconditional(conf: Fields, path: string): readonly Violation[] {
  const set = fieldsWithoutCallers.filter((field) => {
    const [block = "", inner] = field.split(".");
    const value = ownField(conf, block);
    return !isAbsent(inner === undefined ? value : ownField(asObject(value), inner));
  });
  return set.map((field) => ({ path: `${path}.${field}`, message: unconditionalText }));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
