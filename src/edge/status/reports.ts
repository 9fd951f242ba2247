import type { ReplicaReport } from "../../core/status/replica-report.ts";
import { followObjects } from "../kube-client/follow-objects.ts";
import type { FollowOptions, Following } from "../kube-client/follow.ts";
import { kubeKinds } from "../kube-client/kinds.ts";
import type { KubeClient } from "../kube-client/port.ts";
import { createExpiryWatch, holderOf } from "./lease.ts";
import type { Lease } from "./lease.ts";
import { replicaOf, selectorOf } from "./owned-objects.ts";
import { readReport } from "./report-object.ts";
import type { ConfigMap } from "./report-object.ts";

export interface ReportsOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of this replica: what it knows itself does not take the way round. */
  readonly self: string;
  readonly durationMs: number;
  /** What the other replicas say has changed. */
  readonly onChange: () => void;
}

/** What the other replicas that are there say. One that says nothing that can be read says an empty report. */
export interface Reports {
  /** False until it is known who is there. */
  readonly ready: boolean;
  current(): ReadonlyMap<string, ReplicaReport>;
  close(): Promise<void>;
}

const nothing: ReplicaReport = new Map();

/** Follows them from now on. */
export function followReports({ client, namespace, self, durationMs, onChange }: ReportsOptions): Reports {
  const expiry = createExpiryWatch();
  const leases = new Map<string, Lease>();
  const reports = new Map<string, ReplicaReport>();
  let live: ReadonlySet<string> = new Set();
  let untold = 2;
  const onTold = (): void => {
    untold -= 1;
    // Whatever was said before counted for nothing yet.
    if (untold === 0) onChange();
  };

  /** A replica is gone when it says so, and when it has not said for as long as its Lease lasts that it is there. */
  function look(): void {
    const now = new Set([...leases.values()].filter((lease) => !expiry.isExpired(lease) && holderOf(lease) !== "").map(({ metadata }) => replicaOf("presence", metadata.name)));
    now.delete(self);
    const isSame = now.size === live.size && [...now].every((name) => live.has(name));
    live = now;
    if (!isSame) onChange();
  }

  const following: readonly Following[] = [
    followObjects<Lease>(client, kubeKinds.lease, { namespace, labelSelector: selectorOf("presence"), ...kept(leases, ({ metadata }) => metadata.name, (lease) => lease, { onTold, onChange: look }) }),
    followObjects<ConfigMap>(client, kubeKinds.configMap, {
      namespace,
      labelSelector: selectorOf("report"),
      ...kept(reports, ({ metadata }) => replicaOf("report", metadata.name), (object) => readReport(object) ?? nothing, { onTold, onChange }),
    }),
  ];
  const timer = setInterval(look, durationMs / 4).unref();
  return {
    get ready() {
      return untold <= 0;
    },
    current: () => new Map([...live].sort().map((name) => [name, reports.get(name) ?? nothing])),
    async close() {
      clearInterval(timer);
      await Promise.all(following.map((one) => one.close()));
    },
  };
}

interface Told {
  /** Everything is there for the first time, and `onChange` knows. */
  readonly onTold: () => void;
  readonly onChange: () => void;
}

/** Keeps a map of what is followed. */
function kept<T, V>(map: Map<string, V>, keyOf: (object: T) => string, valueOf: (object: T) => V, { onTold, onChange }: Told): Pick<FollowOptions<T>, "onState" | "onChange"> {
  let isFirst = true;
  return {
    onState(objects) {
      map.clear();
      for (const object of objects) map.set(keyOf(object), valueOf(object));
      onChange();
      if (isFirst) onTold();
      isFirst = false;
    },
    onChange(changed, removed) {
      for (const object of removed) map.delete(keyOf(object));
      for (const object of changed) map.set(keyOf(object), valueOf(object));
      onChange();
    },
  };
}
