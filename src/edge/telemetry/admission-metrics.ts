import type { Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about the webhook that judges objects of Kubernetes. */
export interface AdmissionCounts {
  answered(kind: string, outcome: string): void;
}

export function createAdmissionCounts(registry: Registry): AdmissionCounts {
  const answers = createCounterFamily(registry, "probeplane_admission_answers_total", "Objects of Kubernetes that the webhook judged: allowed, warned, refused, failed", ["resource_type", "outcome"]);
  return { answered: (kind, outcome) => answers.add([kind, outcome]) };
}
