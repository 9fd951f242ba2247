import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { createRecordingLog } from "../../../../test/kit/silent-log.ts";
import { createDialer } from "../probes/dialer.ts";
import { metricsRoute, type MetricsRouteOptions } from "./metrics-route.ts";
import { plainText } from "./plain-text.ts";
import { scrapeApp } from "./scrape-app.ts";

describe("a sidecar's metrics", () => {
  let app: Server;
  let answer: RequestListener;
  let asked: IncomingMessage["headers"];
  before(async () => {
    app = createServer((request, response) => {
      asked = request.headers;
      answer(request, response);
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    app.closeAllConnections();
    app.close();
  });

  const log = createRecordingLog();
  const scraped: string[] = [];
  const port = (): number => (app.address() as AddressInfo).port;
  // The pod's address has no listener: the app listens on this machine's alone.
  const dialers = [createDialer({ podIp: "127.0.0.9" }), createDialer({ podIp: "127.0.0.1" })];
  async function show(headers: Readonly<Record<string, string>> = {}, more: Partial<MetricsRouteOptions> = {}): Promise<string> {
    const route = metricsRoute({
      sources: [
        { of: "agent", read: () => Promise.resolve("agent 1\n") },
        { of: "envoy", read: () => Promise.resolve("envoy 1") },
        { of: "app", read: (signal, passed) => scrapeApp({ port: port(), path: "/m?a=1" }, dialers, passed, signal) },
      ],
      logger: log,
      onScraped: (of, failed) => scraped.push(`${of} ${failed ? "failed" : "there"}`),
      ...more,
    });
    const { status, contentType, body } = await route.answer({ headers } as unknown as IncomingMessage, new AbortController().signal);
    assert.deepEqual([status, contentType], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    return String(body);
  }

  it("are the agent's, Envoy's and the app's, each on lines of their own", async () => {
    answer = (request, response) => response.end(request.url === "/m?a=1" ? "app 1" : "");
    assert.equal(await show({ "user-agent": "Prometheus/3", "x-prometheus-scrape-timeout-seconds": "10", accept: "application/openmetrics-text", authorization: "Bearer secret" }), "agent 1\nenvoy 1\napp 1\n");
    assert.deepEqual([asked["user-agent"], asked["x-prometheus-scrape-timeout-seconds"], asked.authorization], ["Prometheus/3", "10", undefined]);
    assert.match(asked.accept ?? "", /^text\/plain;version=0\.0\.4/);
  });

  it("are packed for who takes that", async () => {
    const route = metricsRoute({ sources: [{ of: "agent", read: () => Promise.resolve("agent 1\n") }], logger: log });
    const answer = async (coding: string) => await route.answer({ headers: { "accept-encoding": coding } } as unknown as IncomingMessage, new AbortController().signal);
    for (const coding of ["gzip", "deflate, gzip;q=0.5"]) {
      const { body, contentEncoding } = await answer(coding);
      assert.equal(contentEncoding, "gzip");
      assert.equal(gunzipSync(body ?? "").toString(), "agent 1\n");
    }
    for (const coding of ["", "identity", "gzip;q=0", "gzip; q=0.0"]) assert.deepEqual([(await answer(coding)).contentEncoding, (await answer(coding)).body], [undefined, "agent 1\n"]);
  });

  const failing: readonly [title: string, listener: RequestListener, reason: RegExp][] = [
    ["answers with an error", (_, response) => response.writeHead(503).end("no"), /the app answers 503/],
    ["breaks off", (_, response) => void response.write("half", () => response.destroy()), /closed the connection|aborted|hang up|ECONNRESET/],
    ["never answers", () => undefined, /no answer in time/],
    ["answers in another form", (_, response) => response.writeHead(200, { "content-type": "application/vnd.google.protobuf" }).end("x"), /asked for text/],
  ];
  for (const [title, listener, reason] of failing) {
    it(`are the others' still, when the app ${title}`, async () => {
      answer = listener;
      scraped.splice(0);
      log.lines.splice(0);
      assert.equal(await show({ "x-prometheus-scrape-timeout-seconds": "0.3" }), "agent 1\nenvoy 1\n");
      assert.deepEqual(scraped.sort(), ["agent there", "app failed", "envoy there"]);
      assert.match(String(log.lines[0]?.fields["reason"]), reason);
    });
  }

  it("are the others' when nobody listens, or Envoy does not run", async () => {
    const nobody = createDialer({ podIp: "127.0.0.9" });
    const sources: MetricsRouteOptions["sources"] = [
      { of: "envoy", read: () => Promise.reject(new Error("Envoy does not run")) },
      { of: "app", read: (signal, headers) => scrapeApp({ port: port(), path: "/" }, [nobody], headers, signal) },
      { of: "agent", read: () => Promise.resolve("agent 1\n") },
    ];
    assert.equal(await show({}, { sources }), "agent 1\n");
  });

  it("are in Prometheus' text format, whatever the app speaks", () => {
    const openMetrics = '# TYPE a counter\n# UNIT a seconds\na_total{x="# {"} 1.0 # {trace_id="t"} 0.5 1\na_total 2 123 # {}  1\nb{c="\\"}# {"} 3\n# EOF\n';
    assert.equal(plainText(openMetrics, "application/openmetrics-text; version=1.0.0"), '# TYPE a counter\na_total{x="# {"} 1.0\na_total 2 123\nb{c="\\"}# {"} 3\n');
    assert.equal(plainText("# EOF\n", "text/plain"), "# EOF\n");
  });
});
