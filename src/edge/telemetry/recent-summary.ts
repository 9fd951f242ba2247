import { Summary, type Registry } from "prom-client";

/** How many of the newest observations the quantiles are taken from. */
const kept = 1024;

const quantiles = [0.5, 0.9, 0.99] as const;

/**
 * A Prometheus summary whose quantiles are those of the newest thousand observations. An observation is one store into a ring;
 * the library's own summary updates five digests for each, which shows when a push reaches a thousand proxies.
 */
export class RecentSummary extends Summary {
  readonly #summaryName: string;
  readonly #ring = new Float64Array(kept);
  #sum = 0;
  #count = 0;

  constructor(registry: Registry, name: string, help: string) {
    super({ name, help, registers: [registry] });
    this.#summaryName = name;
  }

  /** Takes one value, in the unit that the help text names. */
  record(value: number): void {
    this.#ring[this.#count % kept] = value;
    this.#sum += value;
    this.#count++;
  }

  override async get(): ReturnType<Summary["get"]> {
    const base = await super.get();
    const sorted = this.#ring.slice(0, Math.min(this.#count, kept)).sort();
    const values = quantiles.map((quantile) => ({
      labels: { quantile },
      value: sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0,
    }));
    const totals = [
      { metricName: `${this.#summaryName}_sum`, labels: {}, value: this.#sum },
      { metricName: `${this.#summaryName}_count`, labels: {}, value: this.#count },
    ];
    return { ...base, values: [...values, ...totals] };
  }
}
