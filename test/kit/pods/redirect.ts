import { redirectRules } from "../../../src/core/redirect/redirect-rules.ts";
import { defaultRedirect, type RedirectSettings } from "../../../src/core/redirect/settings.ts";
import { layRules, type LaidRules } from "../../../src/edge/redirect/lay-rules.ts";
import { runProgram, type RunProgram } from "../../../src/edge/redirect/run-program.ts";
import type { Namespace, Pod } from "./pod.ts";
import { sidecarGroup } from "./sidecar.ts";

/** Redirects a pod's connections to its sidecar, as `probeplane redirect` in its init container does. */
export async function redirect(pod: Pod, settings: Partial<RedirectSettings> = {}): Promise<LaidRules> {
  return await layRules(redirectRules({ ...defaultRedirect, proxyGid: sidecarGroup, ...settings }), runIn(pod.namespace));
}

/** Runs programs in a network namespace. */
export function runIn({ enter }: Namespace): RunProgram {
  const [program = "", ...before] = enter;
  return (inner, args, input) => runProgram(program, [...before, inner, ...args], input);
}
