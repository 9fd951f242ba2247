import { Gauge, Histogram, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";

/** What there is to count about the certificates of proxies. */
export interface IdentityCounts {
  issued(seconds: number): void;
  failed(): void;
  /** @param ends by mesh, when the CA ends that signs, in milliseconds since 1970; asked at each scrape. */
  authorities(ends: () => ReadonlyMap<string, number>): void;
}

export function createIdentityCounts(registry: Registry): IdentityCounts {
  const registers = [registry];
  const failures = createCounterFamily(registry, "probeplane_identity_certificate_failures_total", "Certificates of proxies that could not be issued", []);
  const seconds = new Histogram({
    name: "probeplane_identity_certificate_seconds",
    help: "Time to issue a certificate of a proxy",
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
    registers,
  });
  let read: () => ReadonlyMap<string, number> = () => new Map();
  const gauge: Gauge = new Gauge({
    name: "probeplane_mesh_ca_end_timestamp_seconds",
    help: "When the CA ends that signs the certificates of a mesh, in seconds since 1970",
    labelNames: ["mesh"],
    registers,
    collect: () => {
      gauge.reset();
      for (const [mesh, endMs] of read()) gauge.set({ mesh }, endMs / 1000);
    },
  });
  return {
    issued: (took) => seconds.observe(took),
    failed: () => failures.add([]),
    authorities: (ends) => void (read = ends),
  };
}
