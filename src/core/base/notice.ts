import type { ResourceKey } from "./resource-key.ts";

/** Every notice there is. A code is stable: users filter by it, the reference page explains it. */
export type NoticeCode =
  | "unknown-field"
  | "unresolved-target"
  | "nobody-calls"
  | "selects-nothing"
  | "no-applicable-protocol"
  | "endpoint-without-protocol"
  | "grpc-threshold"
  | "no-traffic-interval"
  | "connect-only-behind-sidecar"
  | "same-service-twice"
  | "inert-setting"
  | "unlike-kuma"
  | "retries-repeat-requests"
  | "own-status-not-retried"
  | "per-try-timeout"
  | "contradicting-timeouts"
  | "plain-text-let-in"
  | "may-not-call"
  | "plain-text-refused"
  | "no-identity"
  | "certificate"
  | "several-namespaces"
  | "mesh-missing"
  | "not-in-mesh"
  | "partly-in-mesh"
  | "unknown-protocol"
  | "rejected-by-proxy";

/** One thing to tell about a resource that is valid: it works, but not as its author may think. */
export interface Notice {
  readonly code: NoticeCode;
  /** The resource that the notice is about. */
  readonly about: ResourceKey;
  /** Field path inside that resource; empty when the resource as a whole is meant. */
  readonly path: string;
  readonly message: string;
}

/** One line: where, and what. For a violation as well. */
export function noticeText({ path, message }: { readonly path: string; readonly message: string }): string {
  return path === "" ? message : `${path}: ${message}`;
}
