import { ApiFailure } from "../edge/client/api-failure.ts";
import type { ConnectionFailure } from "../edge/client/connection-failure.ts";
import { exitStatus } from "./exit-status.ts";

/** The exit status for an answer that did not come, or that refuses. */
export function statusOfFailure(failure: ApiFailure | ConnectionFailure): number {
  if (!(failure instanceof ApiFailure) || failure.status >= 500) return exitStatus.unavailable;
  return [401, 403].includes(failure.status) ? exitStatus.denied : exitStatus.invalid;
}
