import { Gauge, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about sources and stores; the composition root connects it. */
export interface SourceCounts {
  /** How many documents are refused at present. */
  problemsStanding(count: number): void;
  /** Codes of the notices that stand at present, each as often as it stands. */
  noticesStanding(codes: readonly string[]): void;
  /** A write to the store ended: created, updated, unchanged, deleted, conflict, unavailable. */
  written(outcome: string): void;
}

export function createSourceCounts(registry: Registry): SourceCounts {
  const problems = new Gauge({ name: "probeplane_problems", help: "Documents that are refused at present", registers: [registry] });
  const notices = new Gauge({ name: "probeplane_notices", help: "Notices that stand at present", labelNames: ["code"], registers: [registry] });
  const writes = createCounterFamily(registry, "probeplane_store_writes_total", "Writes to the store", ["outcome"]);
  return {
    problemsStanding: (count) => {
      problems.set(count);
    },
    noticesStanding: (codes) => {
      notices.reset();
      for (const code of codes) notices.inc({ code });
    },
    written: (outcome) => {
      writes.add([outcome]);
    },
  };
}
