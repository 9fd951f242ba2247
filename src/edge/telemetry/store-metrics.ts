import { Histogram, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about the store that resources are written to. */
export interface StoreCounts {
  /** An operation ended, well or not: get, list, create, update, delete. Seconds. */
  operationEnded(operation: string, kind: string, seconds: number): void;
  /** Somebody else was quicker. */
  conflicted(kind: string): void;
}

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createStoreCounts(registry: Registry): StoreCounts {
  const operations = new Histogram({ name: "store", help: "Seconds that the API's operations on the store took", labelNames: ["operation", "resource_type"], registers: [registry], buckets: secondsBuckets });
  const conflicts = createCounterFamily(registry, "store_conflicts", "Writes that were refused because somebody else had written", ["resource_type"]);
  return {
    operationEnded: (operation, kind, seconds) => {
      operations.observe({ operation, resource_type: kind }, seconds);
    },
    conflicted: (kind) => {
      conflicts.add([kind]);
    },
  };
}
