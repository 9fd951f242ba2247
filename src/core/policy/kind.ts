import type { Notice, NoticeCode } from "../base/notice.ts";
import type { Violation } from "../base/violation.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import type { HealthCheckPlan, PanicPlan, Protocol } from "../model/plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { Compatibility } from "./compatibility.ts";

/** What planning a merged conf has to know of the destination. */
export interface PlanContext {
  readonly protocol: Protocol;
  /** HTTP version of the traffic to the destination; a check uses the same. Absent: the traffic is not HTTP. */
  readonly httpVersion?: 1 | 2;
  /** True: outside the mesh, no proxy stands before the app. */
  readonly external?: boolean;
  readonly compatibility: Compatibility;
}

/** What a kind's conf can decide for one destination. A kind fills its own part; absent: it decides nothing there. */
export interface PlannedConf {
  readonly healthCheck?: HealthCheckPlan;
  readonly panic?: PanicPlan;
}

/** One thing to tell about a conf that was merged for a destination; the destination's name goes before the message. */
export interface ConfNotice {
  readonly code: NoticeCode;
  readonly message: string;
}

/** A kind of policy: who (`targetRef`), to whom (`to`), and a conf for that. */
export interface PolicyKind extends ResourceKindDescriptor {
  /** True: it has `to`, so that it concerns traffic that leaves a proxy. */
  readonly hasTo: true;
  validate(spec: unknown, compatibility?: Compatibility): readonly Violation[];
  /** What a conf (merged from all policies by RFC 7396) means for a destination, every default filled. Pure; the result is frozen. */
  planConf(conf: Readonly<Record<string, unknown>>, context: PlanContext): PlannedConf;
  /** What may surprise about a conf that was merged for a destination. */
  confNotices(conf: Readonly<Record<string, unknown>>, context: PlanContext): readonly ConfNotice[];
  /** What can be said of a policy by looking at nothing else. */
  staticNotices(policy: Policy): readonly Notice[];
}
