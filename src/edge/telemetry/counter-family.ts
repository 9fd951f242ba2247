import { Counter, type Registry } from "prom-client";

/** One counter with labels. Counting costs one look in a map; the metrics library is asked only when somebody scrapes. */
export interface CounterFamily {
  /** `labels`: values in the order of the names. */
  add(labels: readonly string[], by?: number): void;
}

export function createCounterFamily(registry: Registry, name: string, help: string, labelNames: readonly string[]): CounterFamily {
  const counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  const counter: Counter = new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const { labels, value } of counts.values()) counter.inc(labels, value);
    },
  });
  return {
    add: (values, by = 1) => {
      const key = values.join("\n");
      const known = counts.get(key);
      if (known !== undefined) known.value += by;
      else counts.set(key, { labels: Object.fromEntries(labelNames.map((label, i) => [label, values[i] ?? ""])), value: by });
    },
  };
}
