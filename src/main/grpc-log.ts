import { setLogger } from "@grpc/grpc-js";
import type { Logger } from "../edge/telemetry/logger.ts";

/** grpc-js writes to standard error in its own form; what it has to say goes to our log, and failures reach us as errors anyway. */
export function logGrpc(logger: Logger): void {
  const debug = (message?: unknown): void => {
    logger.debug({ grpc: String(message) }, "grpc-js");
  };
  setLogger({ ...console, error: debug, info: debug, debug });
}
