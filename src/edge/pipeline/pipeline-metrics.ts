/** What the pipeline counts. */
export interface PipelineMetrics {
  /** Seconds to plan and build one proxy's snapshot. */
  snapshotMade(seconds: number): void;
  snapshotFailed(): void;
  /** A new World, with the number of resources that differ and of connected proxies that may be concerned. */
  worldChanged(resources: number, proxies: number): void;
  rejectionsStanding(count: number): void;
}

/** Counts nothing. */
export const noPipelineMetrics: PipelineMetrics = {
  snapshotMade: () => undefined,
  snapshotFailed: () => undefined,
  worldChanged: () => undefined,
  rejectionsStanding: () => undefined,
};
