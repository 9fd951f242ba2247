import assert from "node:assert/strict";
import type { Mesh } from "../../model/mesh.ts";
import type { Protocol } from "../../model/plan.ts";
import type { RuleMatch } from "../../model/target-ref.ts";
import { noRules } from "../inbound-rules.ts";
import type { InboundRules } from "../inbound-rules.ts";
import type { MeshTimeoutConf } from "./conf.ts";
import { inboundNotices, outboundNotices } from "./conf-notices.ts";

const plainText: Mesh = { kind: "Mesh", mesh: "default", name: "default", labels: {}, spec: {} };
const secured: Mesh = { ...plainText, spec: { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } } };

function messages(conf: MeshTimeoutConf, protocol: Protocol = "http"): string[] {
  return outboundNotices(conf, { protocol }).map(({ code, message }) => `${code}: ${message}`);
}

describe("notices of a MeshTimeout", () => {
  const contradicting: readonly (readonly [what: string, conf: MeshTimeoutConf, message: string])[] = [
    ["a request below connecting", { connectionTimeout: "10s", http: { requestTimeout: "2s" } }, "connectionTimeout 10s does nothing: a request that waits for a connection ends before (requestTimeout 2s)"],
    ["connecting above the default of a request", { connectionTimeout: "20s" }, "connectionTimeout 20s does nothing: a request that waits for a connection ends before (requestTimeout 15s, the default; with 0s it may last)"],
    ["streams above the default of a request", { http: { maxStreamDuration: "1h" } }, "http.maxStreamDuration 1h0m0s counts only while a request is being sent: its answer has to end before (requestTimeout 15s, the default; with 0s it may last)"],
    ["requests above streams", { http: { maxStreamDuration: "5s", requestTimeout: "8s" } }, "http.requestTimeout 8s does nothing: a request is ended before (maxStreamDuration 5s)"],
    ["idling above the life of a connection", { idleTimeout: "1h", http: { maxConnectionDuration: "10m" } }, "idleTimeout 1h0m0s does nothing: a connection is closed before (maxConnectionDuration 10m0s)"],
  ];
  for (const [what, conf, message] of contradicting) {
    it(`tell of ${what}`, () => { assert.deepEqual(messages(conf), [`contradicting-timeouts: ${message}`]); });
  }

  it("say nothing of timeouts that go together, of defaults beside each other, and of 0", () => {
    const together = [
      { connectionTimeout: "1s", idleTimeout: "1m", http: { requestTimeout: "10s", streamIdleTimeout: "30m", maxConnectionDuration: "1h" } },
      { http: { requestTimeout: "2s" } },
      { connectionTimeout: "10s", http: { requestTimeout: "0s", maxStreamDuration: "1h" } },
      { idleTimeout: "0s", http: { maxConnectionDuration: "0s", maxStreamDuration: "0s" } },
    ];
    for (const conf of together) assert.deepEqual(messages(conf), []);
  });

  it("say where gRPC has a limit that it has not in Kuma", () => {
    const found = messages({ http: { requestTimeout: "0s", maxStreamDuration: "1m", maxConnectionDuration: "1h" } }, "grpc");
    assert.deepEqual(found.map((text) => text.split(" ", 2).join(" ")), ["unlike-kuma: http.maxStreamDuration", "unlike-kuma: http.maxConnectionDuration"]);
  });

  it("say when nothing of a policy is for the protocol", () => {
    assert.deepEqual(messages({ http: { requestTimeout: "1s" } }, "tcp"), ["no-applicable-protocol: nothing of it holds, because the protocol is tcp and there is only an http block"]);
    assert.deepEqual(messages({ connectionTimeout: "1s", http: { requestTimeout: "1s" } }, "tcp"), []);
  });

  it("know that an inbound has no limit of a request by default", () => {
    const found = inboundNotices({ ...noRules, conf: { connectionTimeout: "20s" }, hasConf: true }, { mesh: plainText, protocol: "http" });
    assert.deepEqual(found, []);
  });

  it("say why rules for callers do nothing", () => {
    const conf = { http: { requestTimeout: "1s" } };
    const spiffeID = { type: "Exact", value: "spiffe://default/web" } as const;
    const ruled = (match: RuleMatch): InboundRules => ({ ...noRules, matched: [{ match, conf, entries: [] }] });
    const [known, named] = [ruled({ spiffeID }), ruled({ sni: { type: "Exact", value: "a" } })];
    const say = (rules: InboundRules, mesh: Mesh, protocol: Protocol) => inboundNotices(rules, { mesh, protocol }).map(({ message }) => message);
    assert.deepEqual(say(known, secured, "http"), []);
    assert.match(say(known, plainText, "http").join(), /^rules with matches do nothing, because the mesh has no mutual TLS/);
    assert.match(say(known, secured, "tcp").join(), /^rules with matches do nothing, because the protocol is tcp/);
    assert.match(say(named, secured, "http").join(), /^rules with matches do nothing, where they name an sni/);
  });
});
