import assert from "node:assert/strict";
import { Subject, of } from "rxjs";
import { dataplane, healthCheck, inboundOf, meshNamed, outboundsTo, toMesh, toService } from "../../../test/kit/resources.ts";
import { silentLog } from "../../../test/kit/silent-log.ts";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Policy } from "../../core/model/target-ref.ts";
import { typeUrls } from "../../core/snapshot/snapshot.ts";
import type { SourceEvent } from "../source/port.ts";
import { noPipelineMetrics } from "./pipeline-metrics.ts";
import { createPipeline } from "./pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PolicyUse } from "./port.ts";

/** A client of the pipeline as a stream is one: it pulls, and answers when the test says so. */
interface Client {
  pull(): void;
  answer(): void;
  refuse(policy: string): void;
  leave(): void;
}

const interval = (value: string) => ({ interval: value, http: {} });

function client(pipeline: Pipeline, name: string): Client {
  const counts = { sent: 0, acknowledged: 0, rejected: 0, awaiting: 0 };
  const connection = pipeline.connect({ mesh: "default", name }, () => undefined);
  let held = connection.snapshot();
  connection.reportCounts(new Map([[typeUrls.cluster, counts]]));
  counts.awaiting = 1;
  return {
    pull() {
      const next = connection.snapshot();
      if (next !== held) counts.awaiting = 1;
      held = next;
    },
    answer: () => void (counts.awaiting = 0),
    refuse(policy) {
      counts.awaiting = 0;
      const key = { kind: "MeshHealthCheck", mesh: "default", name: policy };
      connection.reportRejections([{ typeUrl: typeUrls.cluster, resources: ["backend"], madeFrom: [key], message: "no", nonce: "1" }]);
    },
    leave: () => connection.close(),
  };
}

describe("how policies stand with the proxies that are connected", () => {
  let pipeline: Pipeline;
  let events: Subject<SourceEvent>;

  const start: readonly Resource[] = [
    meshNamed(),
    ...["backend", "payment"].map((service) => dataplane(`${service}-1`, { inbound: [inboundOf(service)] })),
    ...["web-1", "web-2"].map((name) => dataplane(name, { inbound: [inboundOf("web")], outbound: outboundsTo("backend") })),
    dataplane("shop-1", { inbound: [inboundOf("shop")], outbound: outboundsTo("payment") }),
  ];

  beforeEach(async () => {
    events = new Subject();
    pipeline = createPipeline({ source: { events, problems: of([]), notices: of([]), close: () => Promise.resolve() }, logger: silentLog, metrics: noPipelineMetrics, quietMs: 0 });
    const started = pipeline.start();
    events.next({ type: "state", resources: start });
    await started;
  });
  afterEach(() => pipeline.close());

  async function change(...changed: readonly Resource[]): Promise<void> {
    events.next({ type: "change", changed, removed: [] });
    await waitUntil("the World has it", () => pipeline.settled() === undefined, { everyMs: 1 });
  }

  function use(policy: string): PolicyUse | undefined {
    return pipeline.policyUse().uses.get(`MeshHealthCheck/default/${policy}`);
  }

  it("counts who has something of a policy in its configuration, not whom it selects", async () => {
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("10s"))]));
    const clients = ["web-1", "web-2", "shop-1"].map((name) => client(pipeline, name));
    assert.deepEqual(use("hc"), { needing: 2, programmed: 0, rejecting: 0 });
    clients.forEach((each) => each.answer());
    assert.deepEqual(use("hc"), { needing: 2, programmed: 2, rejecting: 0 });
    clients[0]?.leave();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 1, rejecting: 0 });
  });

  it("counts who has something of a policy that speaks of what comes in alone", async () => {
    const breaker = (maxConnections: number): Policy => {
      const spec = { targetRef: { kind: "MeshService", name: "web" }, rules: [{ default: { connectionLimits: { maxConnections } } }] };
      return { kind: "MeshCircuitBreaker", mesh: "default", name: "cb", labels: {}, spec };
    };
    const counted = (): PolicyUse | undefined => pipeline.policyUse().uses.get("MeshCircuitBreaker/default/cb");
    await change(breaker(5));
    const clients = ["web-1", "web-2", "shop-1"].map((name) => client(pipeline, name));
    assert.deepEqual(counted(), { needing: 2, programmed: 0, rejecting: 0 });
    clients.forEach((each) => each.answer());
    assert.deepEqual(counted(), { needing: 2, programmed: 2, rejecting: 0 });
    await change(breaker(6));
    clients[0]?.pull();
    clients[0]?.answer();
    assert.deepEqual(counted(), { needing: 2, programmed: 1, rejecting: 0 });
  });

  it("knows whom a policy of a moment ago is for, before anybody has pulled it", async () => {
    const clients = ["web-1", "web-2", "shop-1"].map((name) => client(pipeline, name));
    clients.forEach((each) => each.answer());
    await change(healthCheck("hc", { kind: "Mesh" }, [toMesh(interval("10s"))]));
    clients[2]?.pull();
    clients[2]?.answer();
    assert.deepEqual(use("hc"), { needing: 3, programmed: 1, rejecting: 0 });
  });

  it("waits for an answer after an edit, but not because of endpoints that come and go", async () => {
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("10s"))]));
    const web = client(pipeline, "web-1");
    web.answer();
    await change(dataplane("backend-2", { address: "10.0.0.2", inbound: [inboundOf("backend")] }));
    assert.deepEqual(use("hc"), { needing: 1, programmed: 1, rejecting: 0 });
    web.pull();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 1, rejecting: 0 });
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("20s"))]));
    assert.deepEqual(use("hc"), { needing: 1, programmed: 0, rejecting: 0 });
    web.pull();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 0, rejecting: 0 });
    web.answer();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 1, rejecting: 0 });
  });

  it("does not count a policy that another one overrides wherever it would matter", async () => {
    await change(healthCheck("all", { kind: "Mesh" }, [toMesh(interval("10s"))]), healthCheck("own", { kind: "Mesh" }, [toService("backend", interval("20s"))]));
    client(pipeline, "web-1").answer();
    assert.deepEqual([use("all"), use("own")], [undefined, { needing: 1, programmed: 1, rejecting: 0 }]);
  });

  it("tells who refuses, until an edit that has to be answered", async () => {
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("10s"))]), healthCheck("other", { kind: "Mesh" }, [toService("payment", interval("10s"))]));
    const clients = ["web-1", "web-2", "shop-1"].map((name) => client(pipeline, name));
    clients.forEach((each) => each.answer());
    clients[0]?.refuse("hc");
    assert.deepEqual([use("hc"), use("other")], [{ needing: 2, programmed: 1, rejecting: 1 }, { needing: 1, programmed: 1, rejecting: 0 }]);
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("20s"))]));
    clients[0]?.pull();
    assert.deepEqual(use("hc"), { needing: 2, programmed: 0, rejecting: 0 });
  });

  it("takes a proxy with two streams for one, as far as the last of them", async () => {
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("10s"))]));
    const [before, after] = [client(pipeline, "web-1"), client(pipeline, "web-1")];
    before.answer();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 0, rejecting: 0 });
    after.answer();
    assert.deepEqual(use("hc"), { needing: 1, programmed: 1, rejecting: 0 });
  });

  it("looks alike for 1,000 proxies with one configuration, and calls back at what happens", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => dataplane(`many-${i}`, { inbound: [inboundOf("web")], outbound: outboundsTo("backend") }));
    let calls = 0;
    const end = pipeline.onActivity(() => calls++);
    await change(...many, healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("10s"))]));
    assert.equal(calls, 1);
    const clients = many.map(({ name }) => client(pipeline, name));
    assert.equal(calls, 1_001);
    end();
    clients.forEach((each) => each.answer());
    assert.deepEqual(use("hc"), { needing: 1_000, programmed: 1_000, rejecting: 0 });
    await change(healthCheck("hc", { kind: "Mesh" }, [toService("backend", interval("20s"))]));
    assert.equal(pipeline.policyUse().unplanned, 800);
    clients.forEach((each) => each.pull());
    assert.deepEqual([use("hc"), pipeline.policyUse().unplanned, calls], [{ needing: 1_000, programmed: 0, rejecting: 0 }, 0, 1_001]);
  });
});
