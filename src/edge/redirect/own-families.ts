import { networkInterfaces } from "node:os";
import type { RedirectFamilies } from "../../core/redirect/settings.ts";

/** The families of this network namespace's addresses, as its pod's; link-local ones, which every interface gives itself, do not count. */
export function ownFamilies(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): RedirectFamilies {
  const addresses = Object.values(interfaces).flatMap((each) => each ?? []).filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0);
  const has = (family: "IPv4" | "IPv6"): boolean => addresses.some((address) => address.family === family);
  if (has("IPv6")) return has("IPv4") ? "DualStack" : "IPv6";
  return "IPv4";
}
