import type { Context } from "mocha";
import { EnvoyUnavailable, envoyBinary } from "../../scripts/lib/envoy-binary.ts";
import { skipBecause } from "./skip.ts";

let found: Promise<string> | undefined;

/** The path of a real Envoy; where none can be had, skips the test (or the suite, from `before`) and says why. */
export async function envoyFor(context: Context): Promise<string> {
  found ??= envoyBinary();
  try {
    return await found;
  } catch (error) {
    if (error instanceof EnvoyUnavailable) return skipBecause(context, error.message);
    throw error;
  }
}
