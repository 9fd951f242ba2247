import { bringBack, rulesBefore } from "../../core/redirect/lay-over.ts";
import type { RedirectRules } from "../../core/redirect/redirect-rules.ts";
import { chooseBackend, restoreArgs, type Backend } from "./choose-backend.ts";
import { RedirectFailure } from "./failure.ts";
import { runProgram, type RunProgram } from "./run-program.ts";

export interface LaidRules {
  /** The programs that took them: `iptables`, `ip6tables-legacy` … */
  readonly by: readonly string[];
  readonly warnings: readonly string[];
}

/** Where the sidecar's own connections to the app come from in IPv6. 127.0.0.6 is the machine's already, as all of 127.0.0.0/8 is. */
const giveMarkedAddress = ["-6", "addr", "replace", "::6/128", "dev", "lo"] as const;

/**
 * Lays the rules of both families in this network namespace, over those of an earlier run. Each family is taken at one go, and none
 * before both are known to be taken.
 * @throws RedirectFailure when they cannot be laid; then all is as it was.
 */
export async function layRules({ v4, v6 }: RedirectRules, run: RunProgram = runProgram): Promise<LaidRules> {
  const wanted = [...(v4 === undefined ? [] : [["iptables", v4] as const]), ...(v6 === undefined ? [] : [["ip6tables", v6] as const])];
  const backends: Backend[] = [];
  for (const [family, rules] of wanted) backends.push(await chooseBackend(family, rules, run));
  if (v6 !== undefined) await takeMarkedAddress(run);
  await commit(backends, run);
  const warnings = backends.flatMap(({ name, saved }) => rulesBefore(saved).map((rule) => `${name}: a rule of somebody else sees connections before ours: ${rule}`));
  return { by: backends.map(({ name }) => name), warnings };
}

async function takeMarkedAddress(run: RunProgram): Promise<void> {
  const { status, stderr } = await run("ip", giveMarkedAddress);
  if (status !== 0) throw new RedirectFailure(`ip ${giveMarkedAddress.join(" ")}`, [status === undefined ? "there is no ip on the PATH" : stderr]);
}

async function commit(backends: readonly Backend[], run: RunProgram): Promise<void> {
  const laid: Backend[] = [];
  for (const backend of backends) {
    const { status, stderr } = await run(`${backend.name}-restore`, restoreArgs, backend.text);
    if (status !== 0) {
      const undone = await Promise.all(laid.map(({ name, saved }) => run(`${name}-restore`, restoreArgs, bringBack(saved))));
      const left = undone.filter((each) => each.status !== 0).map((each) => `and the other family's rules could not be taken back: ${each.stderr}`);
      throw new RedirectFailure(backend.name, [stderr, ...left]);
    }
    laid.push(backend);
  }
}
