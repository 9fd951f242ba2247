import { Gauge, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";
import { RecentSummary } from "./recent-summary.ts";

/** What the pipeline counts. */
export interface PipelineCounts {
  /** Seconds to plan and build one proxy's snapshot. */
  snapshotMade(seconds: number): void;
  snapshotFailed(): void;
  /** A new World, with the number of resources that differ and of connected proxies that may be concerned. */
  worldChanged(resources: number, proxies: number): void;
  rejectionsStanding(count: number): void;
}

export function createPipelineCounts(registry: Registry): PipelineCounts {
  const generation = new RecentSummary(registry, "xds_generation", "Milliseconds to plan and build one proxy's snapshot");
  const failures = createCounterFamily(registry, "xds_generation_errors", "Snapshots that could not be made", []);
  const worlds = createCounterFamily(registry, "probeplane_world_changes_total", "New states of the world", []);
  const resources = createCounterFamily(registry, "probeplane_changed_resources_total", "Resources that differed in new states of the world", []);
  const proxies = createCounterFamily(registry, "probeplane_concerned_proxies_total", "Connected proxies that a new state of the world concerned", []);
  const rejections = new Gauge({ name: "probeplane_rejections", help: "Resources that a connected proxy refuses at present", registers: [registry] });
  return {
    snapshotMade: (seconds) => {
      generation.record(seconds * 1000);
    },
    snapshotFailed: () => {
      failures.add([]);
    },
    worldChanged: (changed, concerned) => {
      worlds.add([]);
      resources.add([], changed);
      proxies.add([], concerned);
    },
    rejectionsStanding: (count) => {
      rejections.set(count);
    },
  };
}
