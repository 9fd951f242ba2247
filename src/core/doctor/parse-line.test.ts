import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "./log-record.ts";
import { createLineParser } from "./parse-line.ts";

const details = "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}";
const texts = {
  envoy: '[2026-03-04T05:06:07.089Z] "GET /a b?c=d HTTP/1.1" 503 UF 11 91 12 - "10.0.0.9" "curl \\"8\\" (x)" "id-1" "shop:80" "10.0.0.1:80"',
  istio: `[2026-03-04T05:06:07.089Z] "GET /a b?c=d HTTP/1.1" 503 UF ${details} - "delayed_connect_error:_Connection_refused" 11 91 12 - "10.0.0.9" "curl/8" "id-1" "shop:80" "10.0.0.1:80" outbound|80||shop.ns.svc.cluster.local 10.0.0.2:4000 10.96.0.1:80 10.0.0.2:5000 - default`,
  oldIstio: '[2026-03-04T05:06:07.089Z] "GET /a HTTP/1.1" 503 UF "-" "refused" 11 91 12 - "10.0.0.9" "curl/8" "id-1" "shop:80" "10.0.0.1:80" inbound|80|http|shop 10.0.0.2:4000 10.96.0.1:80 10.0.0.2:5000 - default',
  istioTcp: '[2026-03-04T05:06:07.089Z] "- - -" 0 UF,URX - - "-" 0 0 12 - "-" "-" "-" "-" "10.0.0.1:3306" outbound|3306||db.ns.svc.cluster.local - 10.96.0.1:3306 10.0.0.2:5000 - -',
  kuma: '[2026-03-04T05:06:07.089Z] default "GET /a HTTP/1.1" 503 UF 11 91 12 - "-" "curl/8" "-" "id-1" "shop:80" "web" "shop" "10.0.0.2" "10.0.0.1:80"',
} as const;

function record(line: string): LogRecord {
  const parsed = createLineParser().parse(line);
  return parsed.is === "record" ? parsed.record : assert.fail(`${parsed.is}: ${line}`);
}

describe("lines of access logs", () => {
  it("are read in Envoy's own form, with spaces in paths and quotes in headers", () => {
    const { form, timeMs, status, flags, path, host, durationMs, bytesSent, authority, userAgent } = record(texts.envoy);
    assert.deepEqual(
      { form, timeMs, status, flags, path, host, durationMs, bytesSent, authority, userAgent },
      { form: "envoy-text", timeMs: Date.UTC(2026, 2, 4, 5, 6, 7, 89), status: 503, flags: "UF", path: "/a b?c=d", host: "10.0.0.1:80", durationMs: 12, bytesSent: 91, authority: "shop:80", userAgent: 'curl \\"8\\" (x)' },
    );
  });

  it("are read in Istio's form, of every age, and of connections", () => {
    const { form, details: why, direction, cluster, upstreamLocal, downstreamLocal, downstream, requestId } = record(texts.istio);
    assert.deepEqual(
      { form, why, direction, cluster, upstreamLocal, downstreamLocal, downstream, requestId },
      { form: "istio-text", why: details, direction: "outbound", cluster: "outbound|80||shop.ns.svc.cluster.local", upstreamLocal: "10.0.0.2:4000", downstreamLocal: "10.96.0.1:80", downstream: "10.0.0.2:5000", requestId: "id-1" },
    );
    assert.equal(record(texts.oldIstio).transportFailure, "refused");
    assert.equal(record(texts.oldIstio).direction, "inbound");
    const tcp = record(texts.istioTcp);
    assert.deepEqual([tcp.status, tcp.flags, tcp.host, tcp.cluster], [0, "UF,URX", "10.0.0.1:3306", "outbound|3306||db.ns.svc.cluster.local"]);
  });

  it("are read in Kuma's form", () => {
    assert.deepEqual([record(texts.kuma).cluster, record(texts.kuma).host, record(texts.kuma).flags], ["shop", "10.0.0.1:80", "UF"]);
  });

  it("are read as JSON, ours and Istio's, the same whether read whole or only as far as an answered request needs", () => {
    const ours = { direction: "inbound", start_time: "2026-03-04T05:06:07.089Z", duration_ms: 12, response_flags: "UC", response_code: 503, response_details: "d", upstream_cluster: "localhost:8080", upstream_host: "10.0.0.1:80", upstream_local: "10.0.0.2:4000", attempts: 2 };
    const istio = { start_time: ours.start_time, duration: 12, response_flags: "UC", response_code: 503, response_code_details: "d", upstream_cluster: "inbound|80||", upstream_host: "10.0.0.1:80", upstream_local_address: "10.0.0.2:4000" };
    for (const line of [ours, istio]) {
      const failed = record(JSON.stringify(line));
      assert.deepEqual([failed.flags, failed.status, failed.details, failed.durationMs, failed.direction, failed.upstreamLocal], ["UC", 503, "d", 12, "inbound", "10.0.0.2:4000"]);
      const good = record(JSON.stringify({ ...line, response_code: 200, response_flags: "-", path: '/"response_code":503' }));
      const whole = record(JSON.stringify({ ...line, response_code: 200, response_flags: "" }));
      for (const name of ["timeMs", "durationMs", "status", "flags", "direction", "cluster", "host", "upstreamLocal"] as const) assert.equal(good[name], whole[name], name);
    }
  });

  it("are read behind what kubectl and container runtimes write before them", () => {
    const before = ["[pod/web-1/istio-proxy] ", "2026-03-04T05:06:08.123456789Z ", "[pod/web-1/istio-proxy] 2026-03-04T05:06:08.1Z ", "2026-03-04T05:06:08.123456789+01:00 stdout F "];
    for (const prefix of before) assert.equal(record(`${prefix}${texts.istio}`).flags, "UF", prefix);
    const parser = createLineParser();
    parser.parse(`[pod/web-1/istio-proxy] ${texts.istio}`);
    assert.equal(parser.source, "web-1");
    assert.equal(record(JSON.stringify({ log: `${texts.istio}\n`, stream: "stdout", time: "2026-03-04T05:06:08Z" })).flags, "UF");
    assert.equal(record(`${texts.istio}\r`).flags, "UF");
  });

  it("are told apart from what is cut, and from what is none", () => {
    const parser = createLineParser();
    const is = (line: string): string => parser.parse(line).is;
    for (let length = 12; length < texts.istio.length; length += 7) assert.notEqual(is(texts.istio.slice(0, length)), "other", texts.istio.slice(0, length));
    assert.equal(is(texts.istio.slice(0, 60)), "broken");
    assert.equal(is('{"response_code": 503, "resp'), "broken");
    for (const line of ["", "hello", "{}", "[]", '{"level":"info","msg":"x"}', "\u0000\ufffd\ufffd", '[2026-03-04 05:06:07.089][1][info][main] [source/server/server.cc:1] something']) assert.equal(is(line), "other", line);
  });

  it("may be anything: nothing of it throws, or takes long", () => {
    const parser = createLineParser();
    const known = fc.constantFrom(...Object.values(texts), '{"response_flags":"-","response_code":200,"start_time":"2026-03-04T05:06:07.089Z"}', "[2026-03-04 05:06:07.089][1][info][main] gRPC config for x rejected: y");
    const mixed = fc.tuple(known, fc.nat(300), fc.string({ unit: "binary", maxLength: 20 })).map(([line, at, text]) => line.slice(0, at) + text + line.slice(at));
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), mixed, fc.json()), (line) => void parser.parse(line)));
    for (const part of ['" - ', "[", "gRPC config for ", '{"a":', "\\", "Readiness probe failed: "]) parser.parse(`[2026-03-04 05:06:07.089][1][info][main] ${part.repeat(20_000)}`);
  });

  it("have between them what Envoy and the kubelet say", () => {
    const parser = createLineParser();
    assert.deepEqual(parser.parse("[2026-03-04 05:06:07.089][1][info][upstream] [source/common/x.cc:1] lds: add/update listener 'inbound:10.0.0.1:80'"), {
      is: "event", event: { timeMs: Date.UTC(2026, 2, 4, 5, 6, 7, 89), what: "listener-changed", text: "inbound:10.0.0.1:80" },
    });
    const probe = 'Readiness probe failed: Get "http://10.0.0.1:80/": read tcp 10.0.0.2:1->10.0.0.1:80: read: connection reset by peer';
    for (const line of [`12s  Warning  Unhealthy  pod/web-1  ${probe}`, JSON.stringify({ reason: "Unhealthy", message: probe })]) assert.equal(parser.parse(line).is, "probe", line);
  });
});
