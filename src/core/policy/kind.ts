import type { Notice, NoticeCode } from "../base/notice.ts";
import type { Violation } from "../base/violation.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import type { Mesh } from "../model/mesh.ts";
import type { DestinationPlan, InboundPlan, Protocol } from "../model/plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { Compatibility } from "./compatibility.ts";
import type { Conf, InboundRules } from "./inbound-rules.ts";
import type { PlanSettings } from "./plan-settings.ts";

/** What planning a merged conf has to know of the destination. */
export interface PlanContext extends PlanSettings {
  readonly protocol: Protocol;
  /** HTTP version of the traffic to the destination; a check uses the same. Absent: the traffic is not HTTP. */
  readonly httpVersion?: 1 | 2;
  /** True: outside the mesh, no proxy stands before the app. */
  readonly external?: boolean;
}

/** What can be told about a conf depends on more than what it comes to. */
export interface NoticeContext extends PlanContext {
  /** How many endpoints the destination has now; absent: not known. */
  readonly endpoints?: number;
  /** What the policies of another kind come to for the same caller and destination; empty where there are none. Absent: not known. */
  readonly confOf?: (kind: string) => Conf;
}

/** What planning rules has to know of the inbound. */
export interface InboundContext extends PlanSettings {
  /** The Mesh that the proxy is in: whether it has mutual TLS, and how strictly. */
  readonly mesh: Mesh;
  readonly protocol: Protocol;
  /** HTTP version that callers in the mesh speak to it. Absent: the traffic is not HTTP. */
  readonly httpVersion?: 1 | 2;
  /** True: connections come by redirection. */
  readonly captured?: true;
}

/** What a kind's conf can decide for one destination. A kind fills its own part; absent: it decides nothing there. */
export type PlannedConf = Partial<Pick<DestinationPlan, "healthCheck" | "panic" | "retry" | "timeouts" | "circuitBreaker">>;

/** What a kind's rules can decide for one inbound. A kind fills its own part; absent: it decides nothing there. */
export type PlannedInbound = Partial<Pick<InboundPlan, "tls" | "permissions" | "timeouts" | "circuitBreaker" | "panic">>;

/** One thing to tell about a conf that was merged for a destination or an inbound; whose it is goes before the message. */
export interface ConfNotice {
  readonly code: NoticeCode;
  readonly message: string;
}

/** A list of a policy's spec that holds confs: of what leaves a proxy (`to`), or of what comes to it (`rules`, and `from` as Kuma had it before). */
export type ConfList = "to" | "rules" | "from";

/** The side of a kind that concerns what leaves a proxy. */
export interface OutboundSide {
  /** What a conf (merged from all policies by RFC 7396) means for a destination, every default filled. Pure; the result is frozen. */
  planConf(conf: Conf, context: PlanContext): PlannedConf;
  /** What may surprise about a conf that was merged for a destination. */
  confNotices(conf: Conf, context: NoticeContext): readonly ConfNotice[];
}

/** The side of a kind that concerns what comes to a proxy. */
export interface InboundSide {
  /** What the rules for an inbound mean, every default filled. Pure; the result is frozen. */
  planInbound(rules: InboundRules, context: InboundContext): PlannedInbound;
  /** What may surprise about the rules of an inbound. */
  inboundNotices?(rules: InboundRules, context: InboundContext): readonly ConfNotice[];
  /** True: confs are not merged, each entry holds for itself (`InboundRules.entries`). Default: false. */
  readonly keepsEntries?: true;
}

/**
 * A kind of policy: which proxies (`targetRef`), and what holds for their traffic. It has a side for what leaves them (`to`), one for what
 * comes to them (`rules`, `from`), or both.
 *
 * Where two kinds decide the same part of a plan, the kind that stands later in the registry gets what the earlier ones planned overwritten
 * by what it plans itself.
 */
export interface PolicyKind extends ResourceKindDescriptor {
  /** The lists of confs that its spec may have, in the order of the schema. */
  readonly lists: readonly ConfList[];
  /** Present exactly where `lists` has `to`. */
  readonly outbound?: OutboundSide;
  /** Present exactly where `lists` has `rules`. */
  readonly inbound?: InboundSide;
  /** True: its sides are asked with an empty conf, or no rules, where no policy selects as well; the defaults come from there. Default: false. */
  readonly plansWithoutPolicy?: true;
  validate(spec: unknown, compatibility?: Compatibility): readonly Violation[];
  /** What can be said of a policy by looking at nothing else. */
  staticNotices(policy: Policy): readonly Notice[];
}
