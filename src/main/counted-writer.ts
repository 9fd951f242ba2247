import type { ResourceWriter } from "../edge/api/context.ts";
import { StoreConflict } from "../edge/source/store-error.ts";
import type { Metrics } from "../edge/telemetry/metrics.ts";

/** The same store, each operation timed, and each write counted by how it ended. */
export function countedWriter(store: ResourceWriter, { source, store: counts }: Pick<Metrics, "source" | "store">): ResourceWriter {
  const timed = async <T>(kind: string, operation: string, run: () => Promise<T>, named: (answer: T) => string = () => operation): Promise<T> => {
    const before = performance.now();
    let done = operation;
    try {
      const answer = await run();
      done = named(answer);
      return answer;
    } finally {
      counts.operationEnded(done, kind, (performance.now() - before) / 1000);
    }
  };
  const failed = (kind: string, error: unknown): never => {
    if (error instanceof StoreConflict) counts.conflicted(kind);
    source.written(error instanceof StoreConflict ? "conflict" : "unavailable");
    throw error;
  };
  return {
    get: (key) => timed(key.kind, "get", () => store.get(key)),
    list: (kind, mesh) => timed(kind, "list", () => store.list(kind, mesh)),
    put: async (resource, options) => {
      const { kind } = resource;
      const write = () => store.put(resource, options).catch((error: unknown) => failed(kind, error));
      const answer = await timed(kind, "update", write, ({ outcome }) => (outcome === "created" ? "create" : "update"));
      source.written(answer.outcome);
      return answer;
    },
    delete: async (key) => {
      const there = await timed(key.kind, "delete", () => store.delete(key).catch((error: unknown) => failed(key.kind, error)));
      if (there) source.written("deleted");
      return there;
    },
  };
}
