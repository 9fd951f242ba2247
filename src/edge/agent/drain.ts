import { setTimeout as sleep } from "node:timers/promises";
import { sidecarStatPrefix } from "../../core/bootstrap/sidecar-listeners.ts";
import type { EnvoyAdmin } from "./envoy-admin.ts";
import type { AgentLog } from "./log.ts";

export interface DrainOptions {
  readonly admin: Pick<EnvoyAdmin, "post" | "stats">;
  /** Longest time that it may take. */
  readonly drainMs: number;
  /** For this long it takes connections however idle it is: callers learn late that a proxy goes. Default: 2 s. */
  readonly leastMs?: number;
  /** Aborted: nobody wants to wait any more, or Envoy has ended. */
  readonly signal: AbortSignal;
  readonly logger: AgentLog;
}

const lookEveryMs = 250;

const usualLeastMs = 2_000;

/**
 * Has Envoy finish what is under way. It goes on taking connections, fails its health checks, and asks every client with its next
 * answer to connect elsewhere (`Connection: close`, GOAWAY). Done when there is no connection left, or when the time is over.
 */
export async function drain({ admin, drainMs, leastMs = usualLeastMs, signal, logger }: DrainOptions): Promise<void> {
  const start = performance.now();
  const elapsedMs = (): number => performance.now() - start;
  try {
    await admin.post("/healthcheck/fail");
    await admin.post("/drain_listeners?graceful");
    while (!signal.aborted && elapsedMs() < drainMs) {
      await sleep(Math.min(lookEveryMs, drainMs), undefined, { signal });
      const connections = await openConnections(admin);
      if (connections === 0 && elapsedMs() >= Math.min(leastMs, drainMs)) break;
    }
    logger.info({ connections: await openConnections(admin), afterMs: Math.round(elapsedMs()) }, "drained");
  } catch (error) {
    if (!signal.aborted) logger.warn({ err: error }, "cannot drain Envoy; stopping it");
  }
}

/** Connections of clients, those of the admin interface, the kubelet and Prometheus aside. Each worker has the same statistics once more. */
async function openConnections(admin: Pick<EnvoyAdmin, "stats">): Promise<number> {
  const stats = await admin.stats("^listener\\..*\\.downstream_cx_active$");
  let sum = 0;
  for (const [name, value] of stats) {
    if (!name.startsWith("listener.admin.") && !name.startsWith(`listener.${sidecarStatPrefix}.`) && !/\.worker_\d+\./.test(name)) sum += value;
  }
  return sum;
}
