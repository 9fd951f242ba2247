import { ApiError } from "./errors.ts";
import type { RouteContext } from "./context.ts";

/**
 * Runs one act on the store. A conflict becomes 409; a store that cannot do it (disk full, closed) becomes 503 `store unavailable`:
 * the act was not done, nothing that was stored before is lost, the same request can be sent again.
 */
export async function storing<T>(context: RouteContext, title: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "StoreConflict") throw new ApiError(409, title, error.message);
    if (error.name !== "StoreUnavailable") throw error;
    context.logger.error({ err: error }, "store unavailable");
    throw new ApiError(503, title, `store unavailable: ${error.message}`);
  }
}
