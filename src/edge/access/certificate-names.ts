import { X509Certificate } from "node:crypto";
import { hostname } from "node:os";

/** The names and addresses that a server's certificate is for. */
export function namesOf({ subjectAltName = "" }: Pick<X509Certificate, "subjectAltName">): readonly string[] {
  const entries = subjectAltName.split(", ").map((entry) => /^(?:DNS|IP Address):"?([^"]*)"?$/.exec(entry)?.[1]);
  return entries.flatMap((name) => (name === undefined ? [] : [plainAddress(name)]));
}

/** When a certificate (PEM, of a chain the first) ends, in milliseconds since 1970. */
export function endOf(cert: string): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

/** What a certificate of our own is for: this machine, by every name that it goes by for sure, and what the user adds. */
export function ownNames(more: readonly string[]): readonly string[] {
  const machine = hostname();
  const isName = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(machine);
  return [...new Set(["localhost", "127.0.0.1", "::1", ...(isName ? [machine] : []), ...more])];
}

/** Addresses of IPv6 come out of a certificate in their longest form, and are compared in the usual one. */
function plainAddress(name: string): string {
  if (!name.includes(":")) return name;
  return new URL(`http://[${name}]`).hostname.slice(1, -1);
}
