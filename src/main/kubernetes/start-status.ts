import { kubeKinds } from "../../edge/kube-client/kinds.ts";
import { writtenKinds } from "../../edge/source/kubernetes/followed-kinds.ts";
import { createKubeStatus } from "../../edge/status/kube-status.ts";
import type { Replica } from "../../edge/status/port.ts";
import type { Parts } from "../parts.ts";
import { planSettingsOf } from "../plan-settings.ts";
import { objectReader } from "./object-reader.ts";
import type { Cluster } from "./cluster.ts";

/** Begins to tell on the objects what becomes of them. Never holds anything else up. */
export function startStatus({ config, opened, pipeline, loggers, metrics, closers }: Parts, cluster: Cluster): void {
  let isClosed = false;
  const starting = replicaOf(cluster).then((replica) => {
    if (isClosed) return undefined;
    const status = createKubeStatus({
      client: cluster.client,
      view: pipeline,
      kinds: writtenKinds,
      parse: objectReader(config, cluster),
      planner: planSettingsOf(config),
      notices: opened.source.notices,
      namespace: cluster.namespace,
      replica,
      leaseName: config.kubernetes.leaseName,
      leaseDurationMs: config.kubernetes.leaseDuration,
      logger: loggers("status"),
      metrics: metrics.status,
    });
    status.start();
    return status;
  });
  closers.add(async () => {
    isClosed = true;
    await (await starting)?.close();
  });
}

/** With its pod, where it runs in one that can be read: what it writes about itself goes with that. */
async function replicaOf({ client, namespace, podName: name }: Cluster): Promise<Replica> {
  const pod = await client.get(kubeKinds.pod, { namespace, name }).catch(() => undefined);
  const uid = pod?.metadata.uid;
  return uid === undefined ? { name } : { name, pod: { name, uid } };
}
