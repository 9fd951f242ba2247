import type { EnvoyAdmin, HostVerdict } from "../../test/kit/envoy-admin.ts";

/** An endpoint as one Envoy sees it at present. */
export interface Watched extends HostVerdict {
  /** The app behind the endpoint. */
  readonly name: string;
  /** `performance.now()` of the look at which the verdict was first seen. */
  readonly sinceMs: number;
  /** The active check of its cluster, in short; `none` where it has none. */
  readonly check: string;
}

/** Looks at an Envoy's verdicts on the endpoints that have a name, over and over, and remembers since when each has stood. */
export class VerdictWatch {
  readonly #admin: EnvoyAdmin;
  readonly #names: ReadonlyMap<string, string>;
  readonly #onChange: (now: Watched, before: Watched) => void;
  readonly #everyMs: number;
  #hosts: ReadonlyMap<string, Watched> = new Map();
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();

  /** @param names address:port → name */
  constructor(admin: EnvoyAdmin, names: ReadonlyMap<string, string>, onChange: (now: Watched, before: Watched) => void, everyMs = 50) {
    this.#admin = admin;
    this.#names = names;
    this.#onChange = onChange;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#looking = this.#loop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  /** Sorted by name. */
  get hosts(): readonly Watched[] {
    return [...this.#hosts.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      await this.look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, this.#everyMs));
    }
  }

  /** Looks once, now. */
  async look(): Promise<void> {
    const clusters = await this.#admin.dynamicClusters();
    const verdicts = (await this.#admin.verdicts()).filter(({ address }) => this.#names.has(address));
    const now = performance.now();
    const before = this.#hosts;
    this.#hosts = new Map(verdicts.map((verdict) => {
      const known = before.get(verdict.address);
      const check = describeCheck(clusters.get(verdict.cluster));
      const name = this.#names.get(verdict.address) ?? "";
      return [verdict.address, { ...verdict, name, check, sinceMs: known?.healthy === verdict.healthy ? known.sinceMs : now }];
    }));
    for (const [key, host] of this.#hosts) {
      const known = before.get(key);
      if (known !== undefined && known.healthy !== host.healthy) this.#onChange(host, known);
    }
  }
}

/** The check of a cluster, as a person would name it: `http GET /health every 10s`. */
export function describeCheck(cluster: Readonly<Record<string, unknown>> | undefined): string {
  const checks = (cluster?.["health_checks"] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const [check] = checks;
  if (check === undefined) return "none";
  const every = `every ${String(check["interval"])}`;
  const http = check["http_health_check"] as { readonly path?: string } | undefined;
  if (http !== undefined) return `http GET ${http.path ?? "/"} ${every}`;
  const tcp = check["tcp_health_check"] as { readonly send?: unknown } | undefined;
  if (tcp !== undefined) return `tcp ${tcp.send === undefined ? "connect" : "send and receive"} ${every}`;
  return check["grpc_health_check"] === undefined ? every : `grpc ${every}`;
}
