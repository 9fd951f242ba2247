const dnsName = /^([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.)*[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.?$/;

/** Whole number from 1 to 65535. */
export function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}

/** IPv4 address in dotted form. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** IPv6 address, without brackets or zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2 || !text.includes(":")) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1) ?? "";
  const ipv4Tail = last.includes(".") && isIpv4(last) && text.endsWith(last);
  const words = ipv4Tail ? groups.slice(0, -1) : groups;
  const size = words.length + (ipv4Tail ? 2 : 0);
  return words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word)) && (halves.length === 2 ? size <= 7 : size === 8);
}

/** IPv4 or IPv6 address. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** DNS name of at most 253 characters that is not a misspelt IPv4 address. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && dnsName.test(text) && !/^[\d.]+$/.test(text);
}

/** True for what a machine calls itself: an address of its loopback interface, or `localhost`. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address === "localhost";
}
