import type { JsonObject } from "../base/json.ts";
import type { FailureExample } from "./traffic.ts";

/** Every cause that can be named. The words are stable: scripts choose by them. */
export type Cause =
  | "keep-alive-race"
  | "listener-change"
  | "restart-order"
  | "draining-peer"
  | "app-on-localhost"
  | "probe-under-mutual-tls"
  | "app-crash"
  | "app-closed-while-answering"
  | "app-not-listening"
  | "application"
  | "peer-unreachable"
  | "connect-timeout"
  | "tls-mismatch"
  | "not-trusted"
  | "plain-text-refused"
  | "not-permitted"
  | "no-endpoints"
  | "all-unhealthy"
  | "all-ejected"
  | "panic"
  | "overflow"
  | "timeout"
  | "no-cluster"
  | "no-route"
  | "wrong-protocol"
  | "config-rejected"
  | "caller-left"
  | "by-flag"
  | "cannot-tell";

export type Sureness = "certain" | "likely" | "possible" | "cannot tell";

export interface Remedy {
  /** What doing it does. */
  readonly title: string;
  /** What can be applied as it is: policies and resources for probeplane, or manifests for Kubernetes. */
  readonly documents?: readonly JsonObject[];
  /** What to know before it is applied. */
  readonly mind?: string;
}

/** Why requests failed. */
export interface Finding {
  readonly cause: Cause;
  readonly sure: Sureness;
  /** What happened, in a sentence. */
  readonly title: string;
  /** How many failures it explains; where only a part was kept, about so many. */
  readonly count: number;
  /** Of how many requests; absent: not known. */
  readonly of?: number;
  readonly where: { readonly direction: string; readonly cluster: string; readonly hosts: readonly string[] };
  readonly flags: string;
  readonly status: number;
  readonly details: string;
  /** What makes us think so. */
  readonly evidence: readonly string[];
  readonly remedies: readonly Remedy[];
  /** What would make it surer, or say it at all. */
  readonly turnOn: readonly string[];
  readonly example?: FailureExample;
}
