import { Subject, of } from "rxjs";
import type { Resource } from "../../src/core/model/resource.ts";
import { defaultPlanSettings } from "../../src/core/policy/plan-settings.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import { kindNamed } from "../../src/core/policy/registry.ts";
import { typeUrls } from "../../src/core/snapshot/snapshot.ts";
import { followObjects } from "../../src/edge/kube-client/follow-objects.ts";
import type { Following } from "../../src/edge/kube-client/follow.ts";
import { customKind } from "../../src/edge/kube-client/kinds.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import { noPipelineMetrics } from "../../src/edge/pipeline/pipeline-metrics.ts";
import { createPipeline } from "../../src/edge/pipeline/pipeline.ts";
import type { Pipeline } from "../../src/edge/pipeline/pipeline.ts";
import type { SourceEvent } from "../../src/edge/source/port.ts";
import { createKubeStatus } from "../../src/edge/status/kube-status.ts";
import type { KubeStatus, Log } from "../../src/edge/status/port.ts";
import type { StatusMetrics } from "../../src/edge/status/status-metrics.ts";
import { silentLog } from "../kit/silent-log.ts";

const kinds = ["MeshHealthCheck", "Mesh"].flatMap((kind) => kindNamed(kind) ?? []);

export interface StatusReplicaOptions {
  readonly client: KubeClient;
  /** Of the control plane. */
  readonly namespace: string;
  readonly name: string;
  /** What is there beside what the API server has. */
  readonly resources: readonly Resource[];
  /** Only policies in this namespace, so that tests do not see each other's. */
  readonly policiesIn: string;
  readonly leaseDurationMs?: number;
  readonly logger?: Log;
  readonly delayMs?: number;
}

/** A proxy that is connected, and answers when it is told to. */
export interface ConnectedClient {
  /** From now on it takes whatever it is sent. */
  answer(): void;
  refuse(policy: string, message: string): void;
  leave(): void;
}

/**
 * One control plane as far as status goes: a pipeline whose policies come from the API server and whose proxies are the test's.
 */
export class StatusReplica {
  readonly written = { written: 0, conflict: 0, failed: 0 };
  readonly status: KubeStatus;
  readonly pipeline: Pipeline;
  readonly #events = new Subject<SourceEvent>();
  readonly #options: StatusReplicaOptions;
  #following: Following | undefined;

  constructor(options: StatusReplicaOptions) {
    this.#options = options;
    const { client, namespace, name, leaseDurationMs = 3_000, logger = silentLog } = options;
    const source = { events: this.#events, problems: of([]), notices: of([]), close: () => Promise.resolve() };
    this.pipeline = createPipeline({ source, logger: silentLog, metrics: noPipelineMetrics });
    const metrics: StatusMetrics = { leading: () => undefined, written: (outcome) => { this.written[outcome]++; }, waiting: () => undefined, eventsDropped: () => undefined };
    this.status = createKubeStatus({
      client, view: this.pipeline, kinds, namespace, replica: { name }, leaseName: "probeplane-leader", leaseDurationMs,
      parse: (object) => parseResource(object), planner: defaultPlanSettings, logger, metrics,
    });
  }

  async start(): Promise<void> {
    const { client, resources, policiesIn, delayMs = 0 } = this.#options;
    const [kind] = kinds;
    if (kind === undefined) throw new Error("the kind of health checks is known");
    const started = this.pipeline.start();
    const read = (objects: readonly object[]): readonly Resource[] => objects.flatMap((object) => {
      const parsed = parseResource({ apiVersion: "kuma.io/v1alpha1", kind: kind.kind, ...object });
      return parsed.ok ? [parsed.resource] : [];
    });
    const tell = (event: SourceEvent): NodeJS.Timeout => setTimeout(() => this.#events.next(event), delayMs);
    this.#following = followObjects(client, customKind(kind), {
      namespace: policiesIn,
      onState: (objects) => tell({ type: "state", resources: [...resources, ...read(objects)] }),
      onChange: (changed, removed) => tell({ type: "change", changed: read(changed), removed: read(removed) }),
    });
    await started;
    this.status.start();
  }

  change(...changed: readonly Resource[]): void {
    this.#events.next({ type: "change", changed, removed: [] });
  }

  connect(name: string): ConnectedClient {
    const counts = { sent: 0, acknowledged: 0, rejected: 0, awaiting: 0 };
    let answers = false;
    let held: unknown;
    const pull = (): void => {
      const next = connection.snapshot();
      if (next !== held) counts.awaiting = answers ? 0 : 1;
      held = next;
    };
    const connection = this.pipeline.connect({ mesh: "default", name }, () => void setImmediate(pull));
    connection.reportCounts(new Map([[typeUrls.cluster, counts]]));
    pull();
    return {
      answer() {
        answers = true;
        counts.awaiting = 0;
        connection.reportRejections([]);
      },
      refuse(policy, message) {
        counts.awaiting = 0;
        const madeFrom = [{ kind: "MeshHealthCheck", mesh: "default", name: policy }];
        connection.reportRejections([{ typeUrl: typeUrls.cluster, resources: ["backend"], madeFrom, message, nonce: "1" }]);
      },
      leave: () => connection.close(),
    };
  }

  async close(): Promise<void> {
    await this.status.close();
    await this.#following?.close();
    await this.pipeline.close();
  }
}
