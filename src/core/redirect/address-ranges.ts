import { isIpv4, isIpv6 } from "../model/valid-address.ts";

export type ParsedCidrs = { readonly ok: true; readonly cidrs: readonly string[] } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a list of address ranges of either family: `10.0.0.0/8, fd00::/8`; an address alone is itself. Empty: none. All that is wrong is said at once. */
export function parseCidrs(text: string): ParsedCidrs {
  if (text.trim() === "") return { ok: true, cidrs: [] };
  const entries = text.split(",").map((entry) => entry.trim());
  const problems = entries.filter((entry) => !isCidr(entry)).map((entry) => `${JSON.stringify(entry)} is no range of addresses, such as 10.0.0.0/8 or fd00::/8`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, cidrs: [...new Set(entries.map(withLength))] };
}

export function isIpv6Cidr(cidr: string): boolean {
  return cidr.includes(":");
}

function isCidr(entry: string): boolean {
  const [address = "", length, ...rest] = entry.split("/");
  if (rest.length > 0) return false;
  const bits = isIpv4(address) ? 32 : isIpv6(address) ? 128 : undefined;
  if (bits === undefined) return false;
  return length === undefined || (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits);
}

function withLength(entry: string): string {
  return entry.includes("/") ? entry : `${entry}/${isIpv6Cidr(entry) ? 128 : 32}`;
}
