import assert from "node:assert/strict";
import { createMetrics } from "./metrics.ts";

const cds = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

describe("metrics", () => {
  it("count requests, responses and streams under the names that dashboards for Kuma use", async () => {
    const { ads, text } = createMetrics({ version: "1.2.3" });
    ads.streamOpened("delta");
    ads.streamOpened("sotw");
    ads.streamClosed("sotw");
    ads.requestReceived("delta", cds, "initial");
    ads.requestReceived("delta", cds, "ack");
    ads.requestReceived("sotw", cds, "ack");
    ads.requestReceived("delta", cds, "nack");
    ads.responseSent("delta", cds, 100);
    ads.responseSent("delta", cds, 20);
    const lines = (await text()).split("\n");
    for (const line of [
      "xds_streams_active 1",
      `xds_requests_received{confirmation="initial",type_url="${cds}"} 1`,
      `xds_requests_received{confirmation="ACK",type_url="${cds}"} 2`,
      `xds_requests_received{confirmation="NACK",type_url="${cds}"} 1`,
      `xds_responses_sent{type_url="${cds}"} 2`,
      `probeplane_xds_sent_bytes_total{variant="delta",type_url="${cds}"} 120`,
      `probeplane_build{version="1.2.3"} 1`,
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it("summarise durations in milliseconds, over the newest thousand", async () => {
    const { ads, pipeline, text } = createMetrics({ version: "1" });
    for (let i = 0; i < 2000; i++) ads.pushDelivered("delta", 1);
    for (let i = 1; i <= 1024; i++) ads.pushDelivered("delta", i / 1000);
    pipeline.snapshotMade(0.002);
    const lines = (await text()).split("\n");
    for (const line of [
      "# TYPE xds_delivery summary",
      'xds_delivery{quantile="0.5"} 513',
      'xds_delivery{quantile="0.99"} 1014',
      "xds_delivery_count 3024",
      'xds_generation{quantile="0.5"} 2',
      "xds_generation_sum 2",
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it("say the same when they are asked again, and hold what stands, not what stood", async () => {
    const { pipeline, source, text } = createMetrics({ version: "1" });
    source.written("created");
    source.noticesStanding(["grpc-threshold", "grpc-threshold", "unknown-field"]);
    source.noticesStanding(["grpc-threshold"]);
    source.problemsStanding(3);
    pipeline.rejectionsStanding(2);
    pipeline.worldChanged(5, 7);
    await text();
    const lines = (await text()).split("\n");
    for (const line of [
      'probeplane_store_writes_total{outcome="created"} 1',
      'probeplane_notices{code="grpc-threshold"} 1',
      "probeplane_problems 3",
      "probeplane_rejections 2",
      "probeplane_changed_resources_total 5",
      "probeplane_concerned_proxies_total 7",
    ]) {
      assert.ok(lines.includes(line), line);
    }
    assert.ok(!lines.some((line) => line.includes("unknown-field")));
  });

  it("keep two control planes in one process apart and tell of the process", async () => {
    const [one, other] = [createMetrics({ version: "1" }), createMetrics({ version: "1" })];
    one.ads.streamOpened("delta");
    assert.match(await other.text(), /^xds_streams_active 0$/m);
    assert.match(await one.text(), /^nodejs_eventloop_lag_p99_seconds /m);
    assert.match(await one.text(), /^process_resident_memory_bytes \d/m);
  });
});
