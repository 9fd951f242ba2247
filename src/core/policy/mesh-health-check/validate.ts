import { decodeBase64 } from "../../base/base64.ts";
import { fieldPath } from "../../base/field-path.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";
import { defaultCompatibility } from "../compatibility.ts";
import type { Compatibility } from "../compatibility.ts";
import { checkField, decimalPercentProblem, percentProblem, positiveDurationProblem } from "../field-checks.ts";
import type { FieldCheck } from "../field-checks.ts";
import { validatePolicy } from "../validate-policy.ts";
import { validateHttp } from "./validate-http.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The common fields, in the order in which Kuma reports them. */
const commonChecks: readonly (readonly [field: string, check: FieldCheck])[] = [
  ["interval", positiveDurationProblem],
  ["timeout", positiveDurationProblem],
  ["unhealthyThreshold", positiveProblem],
  ["healthyThreshold", positiveProblem],
  ["initialJitter", positiveDurationProblem],
  ["intervalJitter", positiveDurationProblem],
  ["intervalJitterPercent", percentProblem],
  ["healthyPanicThreshold", decimalPercentProblem],
  ["noTrafficInterval", positiveDurationProblem],
  ["eventLogPath", pathProblem],
];

/**
 * Everything that a MeshHealthCheck's schema cannot say: the rules and texts of Kuma 2.6 and later, and what would make Envoy
 * refuse the cluster or check without end (durations below 1 ms, payloads that are no Base64, control characters).
 */
export function validateMeshHealthCheck(spec: unknown, compatibility: Compatibility = defaultCompatibility): readonly Violation[] {
  return validatePolicy(spec, { lists: ["to"], validateItem: (item, path) => validateConf(item, fieldPath(path, "default"), compatibility) });
}

function validateConf(item: Fields, path: string, compatibility: Compatibility): readonly Violation[] {
  const written = ownField(item, "default");
  const conf = written === undefined ? {} : asObject(written);
  if (conf === undefined) return [];
  const found: Violation[] = [];
  for (const [field, check] of commonChecks) found.push(...checkField(conf, field, path, check));
  found.push(...validateHttp(asObject(ownField(conf, "http")), fieldPath(path, "http")));
  found.push(...validateTcp(asObject(ownField(conf, "tcp")), fieldPath(path, "tcp"), compatibility));
  found.push(...validateGrpc(asObject(ownField(conf, "grpc")), fieldPath(path, "grpc")));
  if (!["http", "tcp", "grpc"].some((block) => ownField(conf, block) !== undefined)) {
    found.push({ path, message: "must have at least one defined: http, tcp, grpc" });
  }
  return found;
}

function positiveProblem(value: unknown): string | undefined {
  const number = asNumber(value);
  return number !== undefined && number <= 0 ? "must be greater than zero when defined" : undefined;
}

/** What Kuma takes for a file path, Unix or Windows. Empty means no log, as the documentation says. */
function pathProblem(value: unknown): string | undefined {
  const path = asString(value) ?? "";
  const unix = path.startsWith("/") && !path.includes("\0");
  const windows = /^[a-zA-Z]:\\(?:[^\\/:*?"<>|\r\n]+\\)*[^\\/:*?"<>|\r\n]*$/.test(path);
  return path === "" || unix || windows ? undefined : "must be a valid path when defined";
}

function validateTcp(tcp: Fields | undefined, path: string, compatibility: Compatibility): readonly Violation[] {
  const found: Violation[] = [];
  const check = (value: unknown, at: string) => {
    const text = asString(value);
    if (text === "") found.push({ path: at, message: "must not be empty" });
    else if (text !== undefined && compatibility.tcpPayload === "base64" && decodeBase64(text) === undefined) {
      found.push({ path: at, message: "must be valid Base64 (with compatibility.tcpPayload: text it may be any text)" });
    }
  };
  check(ownField(tcp, "send"), fieldPath(path, "send"));
  (asArray(ownField(tcp, "receive")) ?? []).forEach((block, i) => check(block, fieldPath(fieldPath(path, "receive"), i)));
  return found;
}

function validateGrpc(grpc: Fields | undefined, path: string): readonly Violation[] {
  const unsafe = /[\0\r\n]/.test(asString(ownField(grpc, "authority")) ?? "");
  return unsafe ? [{ path: fieldPath(path, "authority"), message: "must not contain line breaks or NUL" }] : [];
}
