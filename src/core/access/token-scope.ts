import type { ResourceKey } from "../model/resource.ts";

/** One sort of tokens with the secrets that belong to it: the keys that sign them, and what was revoked. */
export interface TokenScope {
  readonly kind: "Secret" | "GlobalSecret";
  /** Empty for a GlobalSecret. */
  readonly mesh: string;
  /** Name of a signing key without its serial number. */
  readonly keyPrefix: string;
  /** Name of the secret that lists revoked tokens. */
  readonly revocations: string;
}

/** Data plane tokens of one mesh. Names are Kuma's here and below, so that secrets can be taken over from one of its stores. */
export function dataplaneScope(mesh: string): TokenScope {
  return { kind: "Secret", mesh, keyPrefix: `dataplane-token-signing-key-${mesh}`, revocations: `dataplane-token-revocations-${mesh}` };
}

export const userScope: TokenScope = { kind: "GlobalSecret", mesh: "", keyPrefix: "user-token-signing-key", revocations: "user-token-revocations" };

export const zoneScope: TokenScope = { kind: "GlobalSecret", mesh: "", keyPrefix: "zone-token-signing-key", revocations: "zone-token-revocations" };

/** The administrator's token. */
export const adminTokenKey: ResourceKey = { kind: "GlobalSecret", mesh: "", name: "admin-user-token" };

/** Key of a signing key's secret. Serial 0 is the name without a number: keys that were made before there were numbers. */
export function signingKeyKey({ kind, mesh, keyPrefix }: TokenScope, serial: number): ResourceKey {
  return { kind, mesh, name: serial === 0 ? keyPrefix : `${keyPrefix}-${serial}` };
}

/** Serial number of a signing key by the name of its secret; undefined when it is none of this scope. */
export function serialOf({ keyPrefix }: TokenScope, name: string): number | undefined {
  if (name === keyPrefix) return 0;
  const digits = name.startsWith(`${keyPrefix}-`) ? name.slice(keyPrefix.length + 1) : "";
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}

export function revocationsKey({ kind, mesh, revocations }: TokenScope): ResourceKey {
  return { kind, mesh, name: revocations };
}

/** Identifiers of revoked tokens: they stand in the secret with commas between them. */
export function parseRevocations(text: string): ReadonlySet<string> {
  return new Set(text.split(/[,\s]+/).filter((id) => id !== ""));
}
