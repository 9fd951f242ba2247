import type { FastifyRequest } from "fastify";
import { switchOf } from "./inspected.ts";
import type { Parameter } from "./routes.ts";

export const dryRunParameters: Readonly<Record<string, Parameter>> = {
  dryRun: { description: "Check and answer, and store nothing.", schema: { type: "boolean", default: false } },
};

/** Whoever means a dry run, however it is written, must not get a real one: a value that is neither true nor false is refused. */
export function isDryRun(request: FastifyRequest): boolean {
  return switchOf(request, "dryRun");
}
