import type { Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about the webhooks. */
export interface AdmissionCounts {
  answered(kind: string, outcome: string): void;
}

export function createAdmissionCounts(registry: Registry): AdmissionCounts {
  const answers = createCounterFamily(registry, "probeplane_admission_answers_total", "Objects of Kubernetes that the webhooks answered for: allowed, warned, refused, failed; pods: injected, left, refused, failed", ["resource_type", "outcome"]);
  return { answered: (kind, outcome) => answers.add([kind, outcome]) };
}
