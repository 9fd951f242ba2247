import { splitFlags } from "./flags.ts";
import type { LogRecord } from "./log-record.ts";

/** Whether a record is of something that failed, by whoever's fault. An app's own 4xx is none of a mesh's business. */
export function isFailure({ status, flags, details, connectionDetails, handshakeFailure }: LogRecord): boolean {
  if (status >= 500 || flags !== "" || handshakeFailure !== "") return true;
  return isDenial(details) || isDenial(connectionDetails);
}

/** Denied by who the caller is: Envoy's RBAC filter says so in the details, and sets no flag. */
export function isDenial(details: string): boolean {
  return details.startsWith("rbac_access_denied");
}

/** The flag that says why; of several, the one beside URX (tried again in vain). Empty: none. */
export function mainFlag(flags: string): string {
  const each = splitFlags(flags);
  return each.find((flag) => flag !== "URX") ?? each[0] ?? "";
}

/** Why a connection failed, without what is another each time: numbers of errors, addresses, names in brackets. */
export function reasonOf({ transportFailure, connectionDetails, handshakeFailure, details }: LogRecord): string {
  const said = handshakeFailure || transportFailure || connectionDetails || (details.includes("{") ? details.slice(details.indexOf("{") + 1, -1) : "");
  return said.replaceAll(/\d{6,}:|\b\d+\.\d+\.\d+\.\d+(:\d+)?\b/g, "").replaceAll("_", " ").slice(0, 200);
}
