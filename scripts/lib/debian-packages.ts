import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";

export interface InstallOptions {
  /** Runs `apt-get` with these arguments and gives its status. */
  readonly aptGet?: (args: readonly string[]) => Promise<number>;
  readonly isRoot?: boolean;
}

/** Installs packages of Debian's, without what they only recommend. Gives why that failed, as the end of a sentence; undefined: it is done. */
export async function installPackages(packages: readonly string[], { isRoot = process.geteuid?.() === 0, aptGet = runAptGet }: InstallOptions = {}): Promise<string | undefined> {
  if (!isRoot) return "only root can install it";
  return await withLock(`apt-${packages.join("-")}`, async () => {
    for (const args of [["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", ...packages]]) {
      const status = await aptGet(args).catch(() => -1);
      if (status !== 0) return `\`apt-get ${args[0] ?? ""}\` failed (${String(status)})`;
    }
    return undefined;
  });
}

async function runAptGet(args: readonly string[]): Promise<number> {
  return await run("apt-get", args, { DEBIAN_FRONTEND: "noninteractive" }, "ignore");
}
