import type { RuleCase } from "./rule-case.ts";

const web = { kind: "MeshService", name: "web" };
const backend = { kind: "MeshService", name: "backend" };

function withConf(conf: unknown): unknown {
  return { targetRef: web, to: [{ targetRef: backend, default: conf }] };
}

function accepts(name: string, conf: unknown): RuleCase {
  return { kind: "MeshHealthCheck", name, spec: withConf(conf), refused: [] };
}

function refuses(name: string, conf: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshHealthCheck", name, spec: withConf(conf), refused: refused.map((text) => `spec.to[0].default${text}`) };
}

const greaterThanZero = "must be greater than zero when defined";
const atLeast1ms = "must be at least 1ms when defined";
const noDuration = "must be a duration such as 500ms, 10s or 1m30s";

/** What `to[].default` of a MeshHealthCheck may and may not say. */
export const healthCheckRules: readonly RuleCase[] = [
  accepts("a documented HTTP check", { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: { path: "/health", expectedStatuses: [200, 201] } }),
  accepts("a documented fallback", { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, tcp: {}, http: { disabled: true } }),
  accepts("a documented gRPC check", { interval: "15s", timeout: "5s", grpc: { serviceName: "grpc.health.v1.CustomHealth" } }),
  accepts("everything", {
    interval: "1m", timeout: "1.5s", unhealthyThreshold: 1, healthyThreshold: 2_147_483_647, initialJitter: "1ms", intervalJitter: "1h1m1s1ms", intervalJitterPercent: 0,
    healthyPanicThreshold: 62, failTrafficOnPanic: true, noTrafficInterval: "+1s", eventLogPath: "/tmp/hc.log", alwaysLogHealthCheckFailures: true, reuseConnection: false,
    tcp: { send: "cGluZw==", receive: ["cG9uZw=="] }, grpc: { serviceName: "", authority: "a.b" },
    http: { path: "/a b\t", expectedStatuses: [100, 599], requestHeadersToAdd: { set: [{ name: "a", value: "" }], add: [{ name: "a", value: "b, c" }, { name: "b", value: "ä" }] } },
  }),
  accepts("null, which is as if it were not there", { interval: null, tcp: {}, http: null }),
  refuses("no conf at all", undefined, ": must have at least one defined: http, tcp, grpc"),
  refuses("none of http, tcp and grpc", { interval: "1s" }, ": must have at least one defined: http, tcp, grpc"),
  ...["interval", "timeout", "initialJitter", "intervalJitter", "noTrafficInterval"].flatMap((field) => [
    refuses(`${field} 0s`, { [field]: "0s", tcp: {} }, `.${field}: ${greaterThanZero}`),
    refuses(`${field} 999us`, { [field]: "999us", tcp: {} }, `.${field}: ${atLeast1ms}`),
  ]),
  refuses("interval 0", { interval: "0", tcp: {} }, `.interval: ${greaterThanZero}`),
  refuses("interval -5s", { interval: "-5s", tcp: {} }, `.interval: ${greaterThanZero}`),
  refuses("interval 3 weeks", { interval: "3 weeks", tcp: {} }, `.interval: ${noDuration}`),
  refuses("interval 1d", { interval: "1d", tcp: {} }, `.interval: ${noDuration}`),
  refuses("an empty interval", { interval: "", tcp: {} }, `.interval: ${noDuration}`),
  ...["1.5h", ".5s", "1.s", "0.5h30m", "1µs1s", "2562047h"].map((text) => accepts(`timeout ${text}`, { timeout: text, tcp: {} })),
  refuses("a timeout that is a number", { timeout: 5, tcp: {} }, '.timeout: must be of type string: "integer"'),
  ...["unhealthyThreshold", "healthyThreshold"].flatMap((field) => [
    refuses(`${field} 0`, { [field]: 0, tcp: {} }, `.${field}: ${greaterThanZero}`),
    refuses(`${field} -1`, { [field]: -1, tcp: {} }, `.${field}: ${greaterThanZero}`),
    refuses(`${field} of over 31 bits`, { [field]: 2_147_483_648, tcp: {} }, `.${field}: should be less than or equal to 2147483647`),
    refuses(`${field} 1.5`, { [field]: 1.5, tcp: {} }, `.${field}: must be of type integer: "number"`),
  ]),
  refuses("intervalJitterPercent -1", { intervalJitterPercent: -1, tcp: {} }, ".intervalJitterPercent: must be in inclusive range [0, 100]"),
  refuses("intervalJitterPercent 101", { intervalJitterPercent: 101, tcp: {} }, ".intervalJitterPercent: must be in inclusive range [0, 100]"),
  ...[0, 100, "0", "100.0", "62.9", ".5", "+7."].map((value) => accepts(`healthyPanicThreshold ${JSON.stringify(value)}`, { healthyPanicThreshold: value, tcp: {} })),
  ...[-1, 101, "-0.1", "100.1", "1000"].map((value) =>
    refuses(`healthyPanicThreshold ${JSON.stringify(value)}`, { healthyPanicThreshold: value, tcp: {} }, ".healthyPanicThreshold: must be in inclusive range [0.0, 100.0]"),
  ),
  ...["half", "", "1e1", "0x10"].map((value) =>
    refuses(`healthyPanicThreshold ${JSON.stringify(value)}`, { healthyPanicThreshold: value, tcp: {} }, ".healthyPanicThreshold: string must be a valid number"),
  ),
  refuses("healthyPanicThreshold true", { healthyPanicThreshold: true, tcp: {} }, '.healthyPanicThreshold: must be of type integer,string: "boolean"'),
  ...["", "/", "/a//b c", "C:\\logs\\hc.log", "c:\\"].map((value) => accepts(`eventLogPath ${JSON.stringify(value)}`, { eventLogPath: value, tcp: {} })),
  ...["hc.log", "./hc.log", "~/hc.log", "/a\u0000b", "C:\\a?b", "C:/a"].map((value) =>
    refuses(`eventLogPath ${JSON.stringify(value)}`, { eventLogPath: value, tcp: {} }, ".eventLogPath: must be a valid path when defined"),
  ),
  refuses("an empty path", { http: { path: "" } }, ".http.path: must be defined"),
  ...["/a\nb", "/\u0000", "/\u001f", "/\u007f"].map((path) => refuses(`path ${JSON.stringify(path)}`, { http: { path } }, ".http.path: must not contain control characters")),
  refuses("statuses out of range", { http: { expectedStatuses: [99, 200, 600] } }, ...[0, 2].map((i) => `.http.expectedStatuses[${i}]: must be in inclusive range [100, 599]`)),
  refuses("one header twice", { http: { requestHeadersToAdd: { set: [{ name: "a", value: "1" }, { name: "a", value: "2" }] } } }, '.http.requestHeadersToAdd.set[1]: Duplicate value: {"name":"a"}'),
  refuses("a header without a name", { http: { requestHeadersToAdd: { add: [{ value: "1" }] } } }, ".http.requestHeadersToAdd.add[0].name: Required value"),
  refuses("a header in capitals", { http: { requestHeadersToAdd: { add: [{ name: "A", value: "1" }] } } }, ".http.requestHeadersToAdd.add[0].name: should match '^[a-z0-9!#$%&'*+\\-.^_\\x60|~]+$'"),
  refuses("a header of two lines", { http: { requestHeadersToAdd: { set: [{ name: "a", value: "1\n2" }] } } }, ".http.requestHeadersToAdd.set[0].value: should match '^[^\\x00\\r\\n]*$'"),
  refuses("17 headers", { http: { requestHeadersToAdd: { set: Array.from({ length: 17 }, (_, i) => ({ name: `h${i}`, value: "" })) } } }, ".http.requestHeadersToAdd.set: Too many: 17: must have at most 16 items"),
  refuses("an empty payload", { tcp: { send: "", receive: ["YQ==", ""] } }, ".tcp.send: must not be empty", ".tcp.receive[1]: must not be empty"),
  { ...accepts("a payload that is no Base64: an option of the control plane may allow it", { tcp: { send: "ping\n" } }), webhookRefuses: true },
  refuses("an authority of two lines", { grpc: { authority: "a\r\nb" } }, ".grpc.authority: must not contain line breaks or NUL"),
  refuses("an unknown field", { tcp: {}, intervall: "1s" }, '.intervall: unknown field'),
];
