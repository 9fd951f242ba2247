import type { ResourceWriter } from "../edge/api/context.ts";
import { StoreConflict } from "../edge/source/store-error.ts";
import type { SourceCounts } from "../edge/telemetry/source-metrics.ts";

/** The same store, each write counted by how it ended. */
export function countedWriter(store: ResourceWriter, counts: SourceCounts): ResourceWriter {
  const failed = (error: unknown): never => {
    counts.written(error instanceof StoreConflict ? "conflict" : "unavailable");
    throw error;
  };
  return {
    get: (key) => store.get(key),
    list: (kind, mesh) => store.list(kind, mesh),
    put: async (resource, options) => {
      const answer = await store.put(resource, options).catch(failed);
      counts.written(answer.outcome);
      return answer;
    },
    delete: async (key) => {
      const there = await store.delete(key).catch(failed);
      if (there) counts.written("deleted");
      return there;
    },
  };
}
