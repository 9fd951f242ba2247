/** What there is to count about writing status. */
export interface StatusMetrics {
  /** Whether this replica writes. */
  leading(isLeading: boolean): void;
  /** One attempt to write a status. */
  written(outcome: "written" | "conflict" | "failed"): void;
  /** Objects whose status waits to be written. */
  waiting(objects: number): void;
  /** Events that were not told, because there were too many. */
  eventsDropped(count: number): void;
}

/** Counts nothing. */
export const noStatusMetrics: StatusMetrics = {
  leading: () => undefined,
  written: () => undefined,
  waiting: () => undefined,
  eventsDropped: () => undefined,
};
