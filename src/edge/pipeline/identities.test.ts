import assert from "node:assert/strict";
import { Subject, of } from "rxjs";
import { fakeSnapshot } from "../../../test/kit/fake-snapshot.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import type { IdentityPlan } from "../../core/model/mesh-tls-plan.ts";
import type { ProxySecrets } from "../../core/model/mesh-tls-secrets.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import { typeUrls, type Snapshot } from "../../core/snapshot/snapshot.ts";
import type { SourceEvent } from "../source/port.ts";
import { noPipelineMetrics } from "./pipeline-metrics.ts";
import { createPipeline } from "./pipeline.ts";

const identity: IdentityPlan = { mesh: "m", backend: "ca-1", names: ["spiffe://m/web"], certificateLifetimeMs: 1000 };
const plan: ProxyPlan = { mesh: "m", proxy: "p", senderTags: "", inbounds: [], outbounds: [], destinations: [], notices: [], identity };

function secretsOf(snapshot: Snapshot | undefined): readonly string[] {
  return [...(snapshot?.types.get(typeUrls.secret)?.resources.keys() ?? [])];
}

describe("certificates in the pipeline", () => {
  it("hold nothing back, and are served when they are there", async () => {
    const events = new Subject<SourceEvent>();
    const wanted: (IdentityPlan | undefined)[] = [];
    let secrets: ProxySecrets | undefined = undefined;
    let tell = (): void => undefined;
    let closed = 0;
    const pipeline = createPipeline({
      source: { events, problems: of([]), notices: of([]), close: () => Promise.resolve() },
      logger: createRecordingLog(),
      metrics: noPipelineMetrics,
      stages: { plan: () => plan, build: () => fakeSnapshot({ cds: { a: 1 } }), affected: () => new Map() },
      identities: {
        open: (_proxy, onChange) => {
          tell = onChange;
          return { want: (asked) => void wanted.push(asked), secrets: () => secrets, close: () => { closed++; } };
        },
      },
    });
    const started = pipeline.start();
    events.next({ type: "state", resources: [] });
    await started;
    let nudges = 0;
    const connection = pipeline.connect({ mesh: "m", name: "p" }, () => nudges++);
    const first = connection.snapshot();
    assert.deepEqual([secretsOf(first), wanted, nudges], [[], [identity], 0]);
    secrets = { mesh: "m", identity: { certificateChain: "c", privateKey: "k" }, trust: { certificates: "t" } };
    tell();
    assert.equal(nudges, 1);
    const second = connection.snapshot();
    assert.deepEqual(secretsOf(second), ["identity_cert:secret:m", "mesh_ca:secret:m"]);
    assert.equal(second?.types.get(typeUrls.cluster), first?.types.get(typeUrls.cluster));
    assert.equal(connection.snapshot(), second);
    connection.close();
    assert.equal(closed, 1);
    await pipeline.close();
  });
});
