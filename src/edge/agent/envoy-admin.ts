import type { AdminAddress } from "../../core/bootstrap/bootstrap-config.ts";
import { ask } from "./ask.ts";

/** An Envoy's admin interface. Everything rejects when it does not answer. */
export interface EnvoyAdmin {
  /** LIVE, PRE_INITIALIZING, INITIALIZING or DRAINING. */
  state(): Promise<string>;
  stats(filter: string): Promise<ReadonlyMap<string, number>>;
  /** All statistics in Prometheus' text format. */
  prometheus(signal?: AbortSignal): Promise<string>;
  post(path: string): Promise<void>;
}

const answerMs = 3_000;
/** A proxy that calls thousands of services has megabytes of statistics. */
const everythingMs = 60_000;

export function createEnvoyAdmin(address: AdminAddress): EnvoyAdmin {
  const target = "socketPath" in address ? { host: "http://localhost", socketPath: address.socketPath } : { host: `http://${address.address}:${address.port}` };
  const askFor = async (method: "GET" | "POST", path: string, limits: { readonly timeoutMs: number; readonly signal?: AbortSignal } = { timeoutMs: answerMs }): Promise<string> => {
    const { host, ...socket } = target;
    const answer = await ask({ method, url: `${host}${path}`, ...socket, ...limits });
    // `/ready` says with its status what it says in words.
    if (answer.status !== 200 && path !== "/ready") throw new Error(`Envoy answers ${path} with status ${answer.status}: ${answer.body.slice(0, 200)}`);
    return answer.body;
  };
  return {
    state: async () => (await askFor("GET", "/ready")).trim(),
    stats: async (filter) => readStats(await askFor("GET", `/stats?format=json&filter=${encodeURIComponent(filter)}`)),
    prometheus: async (signal) => await askFor("GET", "/stats/prometheus", { timeoutMs: everythingMs, ...(signal === undefined ? {} : { signal }) }),
    post: async (path) => {
      await askFor("POST", path);
    },
  };
}

function readStats(text: string): ReadonlyMap<string, number> {
  const { stats = [] } = JSON.parse(text) as { readonly stats?: readonly { readonly name?: unknown; readonly value?: unknown }[] };
  return new Map(stats.flatMap(({ name, value }) => (typeof name === "string" && typeof value === "number" ? [[name, value] as const] : [])));
}
