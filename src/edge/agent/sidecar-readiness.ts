import type { EnvoyAdmin } from "./envoy-admin.ts";

/** Whether a sidecar's Envoy is ready. */
export interface SidecarReadiness {
  /**
   * Why it is not; undefined: it is. @param envoy the Envoy that runs now, whichever value stands for it: one that has been ready once stays
   * so, and is not asked again; another one is.
   */
  reason(envoy: object): Promise<string | undefined>;
}

const names = {
  clusters: "cluster_manager.cds.update_success",
  clustersRejected: "cluster_manager.cds.update_rejected",
  listeners: "listener_manager.lds.update_success",
  listenersRejected: "listener_manager.lds.update_rejected",
  state: "server.state",
  workers: "listener_manager.workers_started",
} as const;

const filter = `^(${Object.values(names).map((name) => name.replaceAll(".", "\\.")).join("|")})$`;

/**
 * As Istio's agent judges it: clusters and listeners of the control plane were taken at least once, the server is live and its workers
 * have begun. Traffic that was possible once stays possible while the control plane is away, so nothing that comes later takes it back.
 */
export function createSidecarReadiness(admin: Pick<EnvoyAdmin, "stats">): SidecarReadiness {
  let configured: object | undefined;
  let ready: object | undefined;
  return {
    async reason(envoy) {
      if (ready === envoy) return undefined;
      const stats = await admin.stats(filter).catch(() => undefined);
      if (stats === undefined) return "Envoy does not answer";
      const of = (name: string): number => stats.get(name) ?? 0;
      if (of(names.clusters) > 0 && of(names.listeners) > 0) configured = envoy;
      if (configured !== envoy) return whyNotConfigured(of);
      if (of(names.state) !== 0) return `Envoy is not live, its state is ${states[of(names.state)] ?? of(names.state)}`;
      if (of(names.workers) !== 1) return "the workers of Envoy have not begun yet";
      ready = envoy;
      return undefined;
    },
  };
}

/** Envoy's admin.v3.ServerInfo.State. */
const states = ["LIVE", "DRAINING", "PRE_INITIALIZING", "INITIALIZING"];

function whyNotConfigured(of: (name: string) => number): string {
  const rejected = of(names.clustersRejected) > 0 || of(names.listenersRejected) > 0;
  const counts = (success: string, refused: string): string => `${of(success)} successful, ${of(refused)} rejected`;
  const all = `clusters: ${counts(names.clusters, names.clustersRejected)}; listeners: ${counts(names.listeners, names.listenersRejected)}`;
  return `${rejected ? "configuration was received, but was rejected" : "no configuration was received from the control plane"} (${all})`;
}
