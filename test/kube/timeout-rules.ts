import type { RuleCase } from "./rule-case.ts";

const at = "spec.to[0].default";

function withConf(conf: unknown): unknown {
  return { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: conf }] };
}

function accepts(name: string, spec: unknown): RuleCase {
  return { kind: "MeshTimeout", name, spec, refused: [] };
}

function refuses(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshTimeout", name, spec, refused };
}

const http = { requestTimeout: "3s", streamIdleTimeout: "0s", maxStreamDuration: "5s", maxConnectionDuration: "6s", requestHeadersTimeout: "1s" };
const some = { idleTimeout: "4s" };
const web = { type: "Exact", value: "spiffe://default/web" };
const unconditional = "can't be specified when matches contain spiffeID because this field cannot be conditioned on source identity";

/** What a MeshTimeout may and may not say. */
export const timeoutRules: readonly RuleCase[] = [
  accepts("every field", withConf({ connectionTimeout: "1s", idleTimeout: "2s", http })),
  accepts("nothing but the time of headers", withConf({ http: { requestHeadersTimeout: "500ms" } })),
  accepts("rules for one inbound, and for callers", {
    targetRef: { kind: "Dataplane", labels: { app: "web" }, sectionName: "http" },
    rules: [{ default: some }, { matches: [{ spiffeID: web }], default: { http: { requestTimeout: "1s" } } }],
  }),
  { ...accepts("from, beside to, which in a namespace is two policies", { from: [{ targetRef: { kind: "Mesh" }, default: some }], to: [{ targetRef: { kind: "Mesh" }, default: some }] }), webhookRefuses: true },
  refuses("no list", {}, "spec: at least one of 'from', 'to' or 'rules' has to be defined"),
  refuses("rules beside to", { rules: [{ default: some }], to: [{ targetRef: { kind: "Mesh" }, default: some }] }, "spec: fields 'to' and 'from' must be empty when 'rules' is defined"),
  refuses("an empty conf", withConf({}), `${at}: at least one timeout should be configured`),
  refuses("an empty http block", withConf({ http: {} }), `${at}.http: at least one timeout in this section should be configured`),
  refuses("durations out of range", withConf({ connectionTimeout: "0s", idleTimeout: "-1s", http: { requestTimeout: "10us" } }),
    `${at}.connectionTimeout: must be greater than zero when defined`,
    `${at}.idleTimeout: must not be negative when defined`,
    `${at}.http.requestTimeout: must be 0 or at least 1ms when defined`,
  ),
  refuses("for a caller, what he cannot have for himself", { rules: [{ matches: [{ spiffeID: web }], default: { connectionTimeout: "1s", idleTimeout: "1s", http } }] },
    ...["connectionTimeout", "idleTimeout", "http.requestHeadersTimeout", "http.maxStreamDuration", "http.maxConnectionDuration"].map((field) => `spec.rules[0].default.${field}: ${unconditional}`),
  ),
];
