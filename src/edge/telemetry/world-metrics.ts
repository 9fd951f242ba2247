import { Gauge, type Registry } from "prom-client";

/** How many of one kind there are in one mesh; `mesh` is empty for kinds that are in none. */
export interface ResourceCount {
  readonly kind: string;
  readonly mesh: string;
  readonly count: number;
}

/** What can be counted at any moment; looked up only when somebody scrapes. */
export interface WorldReading {
  readonly resources: () => readonly ResourceCount[];
  /** Proxies with a stream, and those of them that have confirmed all there is. */
  readonly proxies: () => { readonly connected: number; readonly current: number };
  readonly isReady: () => boolean;
}

/** Where the composition root says what is to be read. */
export interface WorldGauges {
  read(reading: WorldReading): void;
}

export function createWorldGauges(registry: Registry): WorldGauges {
  let reading: WorldReading | undefined;
  const registers = [registry];
  // Kuma's has the zone where ours has the mesh; sums over either are the same.
  const resources: Gauge = new Gauge({
    name: "resources_count", help: "Resources that are in force, by kind", labelNames: ["resource_type", "mesh"], registers,
    collect: () => {
      resources.reset();
      for (const { kind, mesh, count } of reading?.resources() ?? []) resources.set({ resource_type: kind, mesh }, count);
    },
  });
  const gauge = (name: string, help: string, value: (from: WorldReading) => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(reading === undefined ? 0 : value(reading)) });
  };
  gauge("probeplane_ready", "1 when everything is loaded and served", ({ isReady }) => Number(isReady()));
  gauge("probeplane_connected_proxies", "Proxies with a stream to this control plane", ({ proxies }) => proxies().connected);
  gauge("probeplane_current_proxies", "Connected proxies that have confirmed all that there is for them", ({ proxies }) => proxies().current);
  return { read: (from) => void (reading = from) };
}
