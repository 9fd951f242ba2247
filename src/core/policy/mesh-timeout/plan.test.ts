import assert from "node:assert/strict";
import type { Mesh } from "../../model/mesh.ts";
import { noRules } from "../inbound-rules.ts";
import type { InboundRules } from "../inbound-rules.ts";
import { planInbound, planOutbound } from "./plan.ts";

const plainText: Mesh = { kind: "Mesh", mesh: "default", name: "default", labels: {}, spec: {} };
const secured: Mesh = { ...plainText, spec: { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } } };

const hourMs = 3_600_000;
const everything = {
  connectionTimeout: "1s",
  idleTimeout: "2s",
  http: { requestTimeout: "3s", streamIdleTimeout: "4s", maxStreamDuration: "5s", maxConnectionDuration: "6s", requestHeadersTimeout: "7s" },
};
const planned = { connectMs: 1000, idleMs: 2000, requestMs: 3000, streamIdleMs: 4000, maxStreamDurationMs: 5000, maxConnectionDurationMs: 6000, requestHeadersMs: 7000 };

describe("planning a MeshTimeout", () => {
  it("fills what nobody says: towards a destination as documented, and no limit of a request towards the app", () => {
    assert.deepEqual(planOutbound({}, { protocol: "grpc" }).timeouts, { connectMs: 5000, idleMs: hourMs, requestMs: 15_000, streamIdleMs: 1_800_000, requestIsDefault: true });
    assert.deepEqual(planInbound(noRules, { mesh: plainText, protocol: "http" }).timeouts, { connectMs: 5000, idleMs: hourMs, requestMs: 0, streamIdleMs: hourMs });
    const one = { ...noRules, conf: { idleTimeout: "2s" }, hasConf: true };
    assert.equal(planInbound(one, { mesh: plainText, protocol: "http" }).timeouts.requestMs, 0);
  });

  for (const protocol of ["http", "http2", "grpc"] as const) {
    it(`says every field, for ${protocol}, in both directions`, () => {
      assert.deepEqual(planOutbound(everything, { protocol }).timeouts, planned);
      assert.deepEqual(planInbound({ ...noRules, conf: everything, hasConf: true }, { mesh: plainText, protocol }).timeouts, planned);
    });
  }

  it("says of connections what is not HTTP, and nothing else", () => {
    for (const protocol of ["tcp", "tls", "kafka", "unknown"] as const) assert.deepEqual(planOutbound(everything, { protocol }).timeouts, { connectMs: 1000, idleMs: 2000 });
  });

  it("tells no limit and a limit of 0 apart only where there is one by default", () => {
    const conf = { idleTimeout: "0s", http: { requestTimeout: "0s", streamIdleTimeout: "0s", maxStreamDuration: "0s", maxConnectionDuration: "0s", requestHeadersTimeout: "0s" } };
    assert.deepEqual(planOutbound(conf, { protocol: "http" }).timeouts, { connectMs: 5000, idleMs: 0, requestMs: 0, streamIdleMs: 0 });
  });

  const caller = { type: "Prefix", value: "spiffe://default/web" } as const;
  const rules: InboundRules = {
    ...noRules,
    conf: { http: { requestTimeout: "3s" } },
    matched: [
      { match: { spiffeID: { ...caller, type: "Exact" } }, conf: { http: { requestTimeout: "1s" } }, entries: [] },
      { match: { spiffeID: caller, sni: { type: "Exact", value: "a" } }, conf: { http: { requestTimeout: "2s" } }, entries: [] },
      { match: { spiffeID: caller }, conf: { http: { requestTimeout: "3s", streamIdleTimeout: "9s" } }, entries: [] },
    ],
  };

  it("tells callers apart where they are known, in the order given, each with all that holds for him", () => {
    assert.deepEqual(planInbound(rules, { mesh: secured, protocol: "http" }).timeouts.byCaller, [
      { spiffeId: { match: "exact", value: "spiffe://default/web" }, requestMs: 1000, streamIdleMs: hourMs },
      { spiffeId: { match: "prefix", value: "spiffe://default/web" }, requestMs: 3000, streamIdleMs: 9000 },
    ]);
  });

  it("tells nobody apart without mutual TLS, nor who sends bytes", () => {
    assert.equal(planInbound(rules, { mesh: plainText, protocol: "http" }).timeouts.byCaller, undefined);
    assert.equal(planInbound(rules, { mesh: secured, protocol: "tcp" }).timeouts.byCaller, undefined);
  });
});
