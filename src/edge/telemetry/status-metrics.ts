import { Gauge, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about writing the status of objects of Kubernetes. */
export interface StatusCounts {
  leading(isLeading: boolean): void;
  written(outcome: "written" | "conflict" | "failed"): void;
  waiting(objects: number): void;
  eventsDropped(count: number): void;
}

export function createStatusCounts(registry: Registry): StatusCounts {
  const registers = [registry];
  const leading = new Gauge({ name: "probeplane_status_leader", help: "1: this replica writes the status of objects of Kubernetes", registers });
  const waiting = new Gauge({ name: "probeplane_status_waiting", help: "Objects of Kubernetes whose status waits to be written", registers });
  const writes = createCounterFamily(registry, "probeplane_status_writes_total", "Attempts to write the status of an object of Kubernetes, by how they ended", ["outcome"]);
  const dropped = createCounterFamily(registry, "probeplane_status_events_dropped_total", "Events of Kubernetes that were not told, because there were too many", []);
  return {
    leading: (isLeading) => leading.set(isLeading ? 1 : 0),
    waiting: (objects) => waiting.set(objects),
    written: (outcome) => writes.add([outcome]),
    eventsDropped: (count) => dropped.add([], count),
  };
}
