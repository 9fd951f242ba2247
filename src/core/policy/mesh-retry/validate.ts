import { fieldPath } from "../../base/field-path.ts";
import { asNumber, asObject, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";
import { validatePolicy } from "../validate-policy.ts";
import { validateRequests } from "./validate-requests.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Everything that a MeshRetry's schema cannot say: the rules and texts of Kuma 2.14, at the path of the field (Kuma puts a `conf` before
 * it that nobody wrote), and what would make Envoy refuse the routes.
 */
export function validateMeshRetry(spec: unknown): readonly Violation[] {
  return validatePolicy(spec, { lists: ["to"], validateItem: (item, path) => validateConf(item, fieldPath(path, "default")) });
}

function validateConf(item: Fields, path: string): readonly Violation[] {
  const written = ownField(item, "default");
  const conf = written === undefined ? {} : asObject(written);
  if (conf === undefined) return [];
  if (!["tcp", "http", "grpc"].some((block) => ownField(conf, block) !== undefined)) return [{ path, message: "at least one of the 'tcp', 'http', 'grpc' must be specified" }];
  return [
    ...validateTcp(asObject(ownField(conf, "tcp")), fieldPath(path, "tcp")),
    ...validateRequests(asObject(ownField(conf, "http")), fieldPath(path, "http"), "http"),
    ...validateRequests(asObject(ownField(conf, "grpc")), fieldPath(path, "grpc"), "grpc"),
  ];
}

function validateTcp(tcp: Fields | undefined, path: string): readonly Violation[] {
  if (tcp === undefined) return [];
  const attempts = ownField(tcp, "maxConnectAttempt");
  if (attempts === undefined) return [{ path, message: "must not be empty" }];
  return (asNumber(attempts) ?? 1) <= 0 ? [{ path: fieldPath(path, "maxConnectAttempt"), message: "must be greater than 0" }] : [];
}
