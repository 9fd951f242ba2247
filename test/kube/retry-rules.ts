import type { RuleCase } from "./rule-case.ts";

function withConf(conf: unknown): unknown {
  return { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: conf }] };
}

function accepts(name: string, conf: unknown): RuleCase {
  return { kind: "MeshRetry", name, spec: withConf(conf), refused: [] };
}

function refuses(name: string, conf: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshRetry", name, spec: withConf(conf), refused: refused.map((text) => `spec.to[0].default${text}`) };
}

function webhookRefuses(name: string, conf: unknown): RuleCase {
  return { ...accepts(name, conf), webhookRefuses: true };
}

const noBlock = ": at least one of the 'tcp', 'http', 'grpc' must be specified";
const kumasOwn = { numRetries: 5, perTryTimeout: "16s", backOff: { baseInterval: "25ms", maxInterval: "250ms" } };

/** What `to[].default` of a MeshRetry may and may not say. */
export const retryRules: readonly RuleCase[] = [
  accepts("Kuma's default policy", { tcp: { maxConnectAttempt: 5 }, http: kumasOwn, grpc: kumasOwn }),
  accepts("the guide's policy", { http: { numRetries: 2, retryOn: ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes", "reset", "503"], hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 5 } }),
  accepts("everything", {
    tcp: { maxConnectAttempt: 1 },
    http: {
      numRetries: 0, perTryTimeout: "0s", backOff: { maxInterval: "1s" },
      rateLimitedBackOff: { resetHeaders: [{ name: "Retry-After", format: "Seconds" }, { name: "x", format: "UnixTimestamp" }], maxInterval: "1s" },
      retryOn: [503, "502", "5XX", "GatewayError", "HttpMethodGet", "Canceled", "reset-before-request"],
      retriableRequestHeaders: [{ name: "a", value: "" }, { name: "b", type: "Present" }],
      retriableResponseHeaders: [{ name: "c", type: "Absent" }, { name: "d", type: "RegularExpression", value: "x+" }],
      hostSelection: [{ predicate: "OmitHostsWithTags", tags: { a: "b" } }, { predicate: "OmitPreviousPriorities", updateFrequency: 1 }],
      hostSelectionMaxAttempts: 1,
    },
    grpc: { retryOn: ["Canceled", "DeadlineExceeded", "Internal", "ResourceExhausted", "Unavailable", "reset"] },
  }),
  refuses("no conf at all", undefined, noBlock),
  refuses("no block", {}, noBlock),
  refuses("empty blocks", { tcp: {}, http: {}, grpc: {} }, ".tcp: must not be empty", ".http: must not be empty", ".grpc: must not be empty"),
  refuses("no attempt at a connection", { tcp: { maxConnectAttempt: 0 } }, ".tcp.maxConnectAttempt: must be greater than 0"),
  refuses("a negative time for a try", { http: { perTryTimeout: "-1s" } }, ".http.perTryTimeout: must not be negative when defined"),
  refuses("a time for a try that is next to nothing", { http: { perTryTimeout: "1us" } }, ".http.perTryTimeout: must be 0 or at least 1ms when defined"),
  refuses("a back-off that says nothing", { http: { backOff: {} } }, ".http.backOff: must not be empty"),
  refuses("a back-off of nothing", { http: { backOff: { baseInterval: "0s" } } }, ".http.backOff.baseInterval: must be greater than zero when defined"),
  refuses("a back-off that shrinks", { grpc: { backOff: { baseInterval: "1s", maxInterval: "1ms" } } }, ".grpc.backOff.maxInterval: must not be less than baseInterval"),
  refuses("no header to wait by", { http: { rateLimitedBackOff: { resetHeaders: [] } } }, ".http.rateLimitedBackOff.resetHeaders: must be defined"),
  refuses("a header without a name", { http: { rateLimitedBackOff: { resetHeaders: [{ name: "", format: "Seconds" }] } } }, ".http.rateLimitedBackOff.resetHeaders[0].name: must be defined"),
  refuses("unknown conditions", { http: { retryOn: ["Foo", 600] }, grpc: { retryOn: ["503"] } }, ".http.retryOn[0]: unknown item 'Foo'", ".http.retryOn[1]: unknown item '600'", ".grpc.retryOn[0]: unknown item '503'"),
  refuses("a header match without a value", { http: { retriableRequestHeaders: [{ name: "a" }, { name: "b", type: "Prefix", value: "" }] } }, ".http.retriableRequestHeaders[0].value: must be defined", ".http.retriableRequestHeaders[1].value: must be defined"),
  refuses("an unknown predicate", { http: { hostSelection: [{ predicate: "Foo" }] } }, ".http.hostSelection[0].predicate: unknown predicate type 'Foo'"),
  refuses("hosts without tags", { http: { hostSelection: [{ predicate: "OmitHostsWithTags" }] } }, ".http.hostSelection[0].tags: must be defined"),
  refuses("a predicate twice", { http: { hostSelection: [{ predicate: "OmitPreviousPriorities" }, { predicate: "OmitPreviousPriorities", updateFrequency: 0 }] } },
    ".http.hostSelection: OmitPreviousPriorities must only be specified once", ".http.hostSelection[1].updateFrequency: must be defined and greater than zero"),
  refuses("no look for another host", { http: { hostSelectionMaxAttempts: 0 } }, ".http.hostSelectionMaxAttempts: must be greater than 0"),
  webhookRefuses("an expression that RE2 does not take", { http: { retriableResponseHeaders: [{ name: "a", type: "RegularExpression", value: "(?=a)" }] } }),
];
