import { countResources } from "../core/view/count-resources.ts";
import type { PipelineView } from "../edge/pipeline/port.ts";
import type { WorldReading } from "../edge/telemetry/world-metrics.ts";

/** What metrics tell of what is in force at the moment. */
export function worldReading(view: PipelineView, isReady: () => boolean): WorldReading {
  return {
    resources: () => countResources(view.world()),
    proxies: () => {
      const connected = view.connected();
      return { connected: connected.length, current: connected.filter(({ isCurrent }) => isCurrent).length };
    },
    isReady,
  };
}
