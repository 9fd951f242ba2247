import { access, constants } from "node:fs/promises";
import path from "node:path";
import { installPackages } from "../../../scripts/lib/debian-packages.ts";
import { Namespace } from "./pod.ts";

let found: Promise<string | undefined> | undefined;

/**
 * Why pods in network namespaces of their own, with redirected connections, cannot be had on this machine; undefined: they can. It takes root;
 * where iptables is missing and there is apt, it is installed.
 */
export async function whyNoPods(): Promise<string | undefined> {
  found ??= lookForReason();
  return await found;
}

async function lookForReason(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return "network namespaces take Linux and root";
  const missing = await missingPrograms();
  if (missing.length > 0) {
    const failure = await installPackages(["iptables", "iproute2"]);
    if (failure !== undefined) return `there is no ${missing.join(", ")}, and ${failure}`;
  }
  try {
    const space = await Namespace.make();
    await space.shell(["iptables", "ip6tables"].map((program) => `${program} -w -t nat -A OUTPUT -p tcp -m owner --gid-owner 1 -j REDIRECT --to-ports 1`)).finally(() => space.close());
    return undefined;
  } catch (error) {
    return `no connections can be redirected here: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function missingPrograms(): Promise<readonly string[]> {
  const programs = ["ip", "iptables", "ip6tables", "unshare", "nsenter", "setpriv"];
  const present = await Promise.all(programs.map(isOnPath));
  return programs.filter((_, i) => present[i] === false);
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = await Promise.all(folders.map((folder) => access(path.join(folder, program), constants.X_OK).then(() => true, () => false)));
  return found.includes(true);
}
