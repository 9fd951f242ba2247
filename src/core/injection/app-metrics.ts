import { decodeAppMetrics, encodeAppMetrics } from "../kubernetes/app-metrics.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import type { PodSettings } from "./pod-settings.ts";
import { portsOfEnvoy } from "./sidecar-ports.ts";

export interface MergedMetrics {
  /** What the agent is told of the app's metrics; undefined: it has none to show. */
  readonly appMetrics: string | undefined;
  /** Annotations that send Prometheus to the agent. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Where the agent shows the app's metrics, Envoy's and its own. */
const mergedPath = "/stats/prometheus";

/**
 * Sends Prometheus to the agent, which shows the app's metrics too, as Istio does; not for a pod that says that it is not to be
 * scraped. Where Prometheus goes to the agent already, all stays as it is.
 */
export function mergeMetrics({ metadata }: PodTemplate, settings: PodSettings): MergedMetrics {
  const { mergeMetrics: wanted, statusPort } = settings;
  const annotations = metadata?.annotations ?? {};
  const { "prometheus.io/scrape": scrape = "true", "prometheus.io/port": port } = annotations;
  const nothing = { appMetrics: undefined, annotations: {}, warnings: [] };
  if (!wanted || statusPort === 0 || scrape !== "true" || port === String(statusPort)) return nothing;
  const appMetrics = encodeAppMetrics(annotations);
  const decoded = appMetrics === undefined ? { ok: true as const } : decodeAppMetrics(appMetrics, new Set([statusPort, ...portsOfEnvoy(settings)]));
  if (!decoded.ok) return { ...nothing, warnings: [`metadata.annotations["prometheus.io/port"]: ${decoded.problem}; the app's metrics are not shown by the agent`] };
  return { appMetrics, annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": String(statusPort), "prometheus.io/path": mergedPath }, warnings: [] };
}
