import { ApiError } from "./errors.ts";
import type { ApiContext } from "./context.ts";

/**
 * Runs one act on the store. A conflict becomes 409; any other failure (disk full, file locked) becomes 503 `store unavailable`: the
 * act was not done, nothing that was stored before is lost, the same request can be sent again.
 */
export async function storing<T>(context: ApiContext, title: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && error.name === "StoreConflict") throw new ApiError(409, title, reason);
    context.logger.error({ err: error }, "store unavailable");
    throw new ApiError(503, title, `store unavailable: ${reason}`);
  }
}
