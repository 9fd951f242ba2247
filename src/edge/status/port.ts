import type { Observable } from "rxjs";
import type { Notice } from "../../core/base/notice.ts";
import type { ParseResult } from "../../core/policy/parse-result.ts";
import type { PlanSettings } from "../../core/policy/plan-settings.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { KubeClient } from "../kube-client/port.ts";
import type { PolicyUseView } from "../pipeline/port.ts";
import type { StatusMetrics } from "./status-metrics.ts";

/** The part of a structured logger (pino's shape) that is needed here: fields first, then a sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One of the control planes that serve together. */
export interface Replica {
  /** By which the others know it; the pod's name. */
  readonly name: string;
  /** Given: what it writes about itself goes with the Pod. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

export interface KubeStatusOptions {
  readonly client: KubeClient;
  /** The pipeline. */
  readonly view: PolicyUseView;
  /** The kinds whose objects get a status: those with a CRD. */
  readonly kinds: readonly ResourceKindDescriptor[];
  /** Reads an object of ours as the source does. */
  readonly parse: (object: unknown) => ParseResult;
  /** As the pipeline plans by them. */
  readonly planner: PlanSettings;
  /** What there is to tell about Pods and Services that the mesh is made of, whole, each time it changes; told as Events on them. */
  readonly notices?: Observable<readonly Notice[]>;
  /** Namespace of the control plane, where the Lease and the reports are. */
  readonly namespace: string;
  readonly replica: Replica;
  readonly leaseName: string;
  /** How long a leader, or a replica, that is gone goes on being taken for there. Renewed three times as often. */
  readonly leaseDurationMs: number;
  readonly logger: Log;
  readonly metrics: StatusMetrics;
}

/** Tells on the objects themselves, by `status` and Events, what becomes of them. */
export interface KubeStatus {
  start(): void;
  /** True while this replica is the one that writes. */
  readonly isLeading: boolean;
  /** Gives up the Lease, so that another replica goes on at once. */
  close(): Promise<void>;
}
