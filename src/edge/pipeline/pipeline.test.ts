import assert from "node:assert/strict";
import { Subject, of } from "rxjs";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { fakeSnapshot } from "../../../test/kit/fake-snapshot.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Rejection } from "../../core/session/session.ts";
import type { SourceEvent } from "../source/port.ts";
import { noPipelineMetrics } from "./pipeline-metrics.ts";
import { createPipeline } from "./pipeline.ts";
import type { Pipeline } from "./pipeline.ts";

const mesh = (name: string, spec: object = {}): Resource => ({ kind: "Mesh", mesh: "", name, labels: {}, spec });
const empty: ProxyPlan = { mesh: "m", proxy: "p", senderTags: "", inbounds: [], outbounds: [], destinations: [], notices: [] };

/** A pipeline whose plans a test makes by hand: a plan is what was put for the proxy last. */
function setUp(): {
  pipeline: Pipeline;
  events: Subject<SourceEvent>;
  plans: Map<string, ProxyPlan | Error>;
  log: ReturnType<typeof createRecordingLog>;
  built: ProxyPlan[];
  change: (name: string) => void;
} {
  const events = new Subject<SourceEvent>();
  const plans = new Map<string, ProxyPlan | Error>();
  const log = createRecordingLog();
  const built: ProxyPlan[] = [];
  let count = 0;
  const pipeline = createPipeline({
    source: { events, problems: of([]), notices: of([]), close: () => Promise.resolve() },
    logger: log,
    metrics: noPipelineMetrics,
    quietMs: 0,
    now: () => new Date(0),
    stages: {
      plan(_world, _mesh, proxy) {
        const plan = plans.get(proxy);
        if (plan instanceof Error) {
          throw plan;
        }
        return plan;
      },
      build(plan) {
        built.push(plan);
        return fakeSnapshot({});
      },
      affected: (_before, _after, changes) => new Map([["m", new Set(changes.map(({ key }) => key.name))]]),
    },
  });
  const change = (name: string): void => events.next({ type: "change", changed: [mesh(name, { count: ++count })], removed: [] });
  return { pipeline, events, plans, log, built, change };
}

describe("the pipeline", () => {
  it("is ready with the first whole World, and nudges everyone who waits", async () => {
    const { pipeline, events, plans } = setUp();
    const started = pipeline.start();
    let nudges = 0;
    const connection = pipeline.connect({ mesh: "m", name: "p" }, () => nudges++);
    plans.set("p", empty);
    assert.deepEqual([pipeline.ready, connection.snapshot(), nudges], [false, undefined, 0]);
    events.next({ type: "state", resources: [] });
    await started;
    assert.deepEqual([pipeline.ready, nudges], [true, 1]);
    assert.notEqual(connection.snapshot(), undefined);
  });

  it("fails to start when the source fails first, and goes on when it fails later", async () => {
    const first = setUp();
    const started = first.pipeline.start();
    first.events.error(new Error("disk"));
    await assert.rejects(started, /disk/);
    const second = setUp();
    const alsoStarted = second.pipeline.start();
    second.events.next({ type: "state", resources: [mesh("m")] });
    await alsoStarted;
    second.events.error(new Error("disk"));
    assert.equal(second.pipeline.ready, true);
    assert.equal(second.pipeline.world().meshes.size, 1);
  });

  it("plans for who is nudged and nobody else, once, and only when somebody pulls", () => {
    const { pipeline, events, plans, built, change } = setUp();
    void pipeline.start();
    const nudged: string[] = [];
    const [p, q] = ["p", "q"].map((name) => pipeline.connect({ mesh: "m", name }, () => nudged.push(name)));
    events.next({ type: "state", resources: [] });
    plans.set("p", { ...empty });
    plans.set("q", { ...empty });
    const before = p?.snapshot();
    q?.snapshot();
    nudged.length = 0;
    built.length = 0;
    plans.set("p", { ...empty });
    change("p");
    assert.deepEqual([nudged, built.length], [["p"], 0]);
    assert.notEqual(p?.snapshot(), before);
    assert.equal(p?.snapshot(), p?.snapshot());
    q?.snapshot();
    assert.equal(built.length, 1);
  });

  it("gives the same snapshot for the same plan", () => {
    const { pipeline, events, plans, change } = setUp();
    void pipeline.start();
    const connection = pipeline.connect({ mesh: "m", name: "p" }, () => undefined);
    plans.set("p", empty);
    events.next({ type: "state", resources: [] });
    const before = connection.snapshot();
    change("p");
    assert.equal(connection.snapshot(), before);
  });

  it("keeps a proxy's last good snapshot when its plan fails, and serves the others", () => {
    const { pipeline, events, plans, log, change } = setUp();
    void pipeline.start();
    const connection = pipeline.connect({ mesh: "m", name: "p" }, () => undefined);
    plans.set("p", empty);
    events.next({ type: "state", resources: [] });
    const good = connection.snapshot();
    plans.set("p", new Error("boom"));
    change("p");
    assert.equal(connection.snapshot(), good);
    assert.equal(log.lines.filter(({ level }) => level === "error").length, 1);
    const other = pipeline.connect({ mesh: "m", name: "q" }, () => undefined);
    plans.set("q", { ...empty });
    assert.notEqual(other.snapshot(), undefined);
    plans.set("r", new Error("boom"));
    assert.throws(() => pipeline.connect({ mesh: "m", name: "r" }, () => undefined).snapshot(), /boom/);
  });

  it("keeps rejections by policy, since when, until they are over or the stream is", () => {
    const { pipeline, log } = setUp();
    const policy = { kind: "MeshHealthCheck", mesh: "m", name: "x" };
    const rejection = (nonce: string): Rejection => ({ typeUrl: "t", resources: ["a"], madeFrom: [policy], message: "E | caused by: no", nonce });
    const [one, two] = ["p", "q"].map((name) => pipeline.connect({ mesh: "m", name }, () => undefined));
    one?.reportRejections([rejection("1")]);
    two?.reportRejections([rejection("1")]);
    one?.reportRejections([rejection("2")]);
    assert.deepEqual(pipeline.rejectionsOf(policy).map(({ proxy }) => proxy.name).sort(), ["p", "q"]);
    assert.equal(pipeline.rejectionsOf(policy)[0]?.since, "1970-01-01T00:00:00.000Z");
    assert.deepEqual(log.lines.map(({ message, fields }) => [message, fields["name"], fields["reason"]]), [
      ["proxy rejects resources", "p", "no"],
      ["proxy rejects resources", "q", "no"],
    ]);
    one?.reportRejections([]);
    two?.close();
    assert.deepEqual(pipeline.rejectionsOf(policy), []);
    assert.equal(log.lines.filter(({ message }) => message === "rejection is over").length, 2);
    assert.deepEqual(pipeline.connected().map(({ proxy }) => proxy.name), ["p"]);
  });
});
