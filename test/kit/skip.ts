import type { Context, Runnable } from "mocha";

/** Why a test, or every test of a suite, is skipped; the reporter reads it from the test or the nearest suite above. */
export const skipReason = Symbol.for("probeplane.skipReason");

/**
 * Skips the running test (from `it`) or the whole suite (from `before`), with a reason that the report shows. Where everything has to
 * run (`REQUIRE_ALL=1`) the report counts it as a failure.
 */
export function skipBecause(context: Context, reason: string): never {
  const runnable: Runnable | undefined = context.test ?? context.currentTest;
  const isHook = runnable !== undefined && "type" in runnable && runnable.type === "hook";
  const owner = isHook ? runnable.parent : runnable;
  if (owner !== undefined) Object.assign(owner, { [skipReason]: reason });
  return context.skip();
}
