import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAppMetrics, encodeAppMetrics } from "./app-metrics.ts";

const refused = new Set([15_020]);

describe("where an app has metrics", () => {
  it("is told the agent in Istio's words", () => {
    assert.equal(encodeAppMetrics({ "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "prometheus.io/path": "/m?a<b" }), '{"scrape":"true","path":"/m?a\\u003cb","port":"8080"}');
    assert.equal(encodeAppMetrics({ "prometheus.io/scrape": "false", "prometheus.io/port": "8080" }), undefined);
    assert.equal(encodeAppMetrics({ "prometheus.io/port": "8080" }), undefined);
  });

  const read: readonly [text: string, expected: unknown][] = [
    ['{"scrape":"true","path":"","port":""}', { ok: true, metrics: { port: 80, path: "/metrics" } }],
    ['{"scrape":"true","path":"stats","port":"9102"}', { ok: true, metrics: { port: 9102, path: "/stats" } }],
    ['{"scrape":"false","path":"","port":"9102"}', { ok: true }],
    ["{}", { ok: true }],
    ['{"scrape":"true","port":"15020"}', { ok: false, problem: "port 15020 is the sidecar's own" }],
    ['{"scrape":"true","port":"http"}', { ok: false, problem: 'port "http" is none' }],
    ['{"scrape":"true","port":"70000"}', { ok: false, problem: 'port "70000" is none' }],
    ["[]", { ok: false, problem: "failed to decode: it is no JSON object" }],
    ["{", { ok: false, problem: "failed to decode: it is no JSON object" }],
  ];
  for (const [text, expected] of read) it(`is read from ${text}`, () => assert.deepEqual(decodeAppMetrics(text, refused), expected));

  it("is read as it was written", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 15_019 }), fc.string(), (port, name) => {
      const text = encodeAppMetrics({ "prometheus.io/scrape": "true", "prometheus.io/port": String(port), "prometheus.io/path": `/${name}` });
      assert.deepEqual(decodeAppMetrics(text ?? "", refused), { ok: true, metrics: { port, path: `/${name}` } });
    }));
  });
});
