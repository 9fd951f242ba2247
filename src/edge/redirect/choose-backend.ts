import { layOver } from "../../core/redirect/lay-over.ts";
import { RedirectFailure } from "./failure.ts";
import type { RunProgram } from "./run-program.ts";

/** The iptables of one family that works here, and what it has in its table `nat`. */
export interface Backend {
  /** `iptables`, `ip6tables-legacy` … */
  readonly name: string;
  readonly saved: string;
  /** What it has agreed to take. */
  readonly text: string;
}

/** Without it a lock that somebody else holds would be an error. */
export const restoreArgs: readonly string[] = ["--noflush", "--wait=30"];

/**
 * The first iptables that takes the rules, without laying them: the machine's own, or else one of the two kinds that there are. Kernels
 * of some nodes have only one of these, and the sidecar's image cannot know which.
 * @throws RedirectFailure with what each of them said.
 */
export async function chooseBackend(family: "iptables" | "ip6tables", rules: string, run: RunProgram): Promise<Backend> {
  const said: string[] = [];
  for (const name of [family, `${family}-nft`, `${family}-legacy`]) {
    const { status, stdout: saved, stderr } = await run(`${name}-save`, ["-t", "nat"]);
    if (status === undefined) continue;
    if (status !== 0) {
      said.push(`${name}-save: ${stderr}`);
      continue;
    }
    const text = layOver(rules, saved);
    const test = await run(`${name}-restore`, [...restoreArgs, "--test"], text);
    if (test.status === 0) return { name, saved, text };
    said.push(test.stderr);
  }
  throw new RedirectFailure(family, said.length === 0 ? [`there is no ${family}-save on the PATH`] : said);
}
