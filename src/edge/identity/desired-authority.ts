import { readFile } from "node:fs/promises";
import { parseLifetime } from "../../core/model/mesh-mtls.ts";
import type { CertificateSource, MtlsBackend } from "../../core/model/mesh.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import type { Violation } from "../../core/base/violation.ts";
import { pemOf } from "../../core/model/tls-source.ts";
import type { SecretWatch } from "../access/secret-watch.ts";
import { makeAuthority, type SigningPair } from "./make-authority.ts";
import { readPair } from "./read-pair.ts";
import { kumaAuthorityKeys } from "../../core/identity/authority-secret.ts";

/** The authority that a mesh asks for. */
export type DesiredAuthority =
  | { readonly ok: true; /** As in `Generation.origin`. */ readonly origin: string; make(nowMs: number): Promise<SigningPair> }
  /** Paths are those below a Mesh's `mtls.backends[i].conf`. */
  | { readonly ok: false; readonly violations: readonly Violation[] };

export interface DesiredFrom {
  readonly mesh: string;
  readonly secrets: Pick<SecretWatch, "get">;
  readonly nowMs: number;
}

const defaultLifetime = "10y";

/** Reads a backend, and what it refers to. A built-in one is made when `make` is called. */
export async function desiredAuthority(backend: MtlsBackend, from: DesiredFrom): Promise<DesiredAuthority> {
  if (backend.type === "provided") return await providedAuthority(backend, from);
  const wanted = parseLifetime(backend.conf?.caCert?.expiration ?? "") ?? 0;
  const lifetimeMs = wanted > 0 ? wanted : (parseLifetime(defaultLifetime) ?? 0);
  return { ok: true, origin: `builtin/${backend.name}`, make: async (nowMs) => await makeAuthority(from.mesh, lifetimeMs, nowMs) };
}

async function providedAuthority({ name, conf }: MtlsBackend, { mesh, secrets, nowMs }: DesiredFrom): Promise<DesiredAuthority> {
  const [cert, key] = await Promise.all([textOf(conf?.cert, mesh, secrets), textOf(conf?.key, mesh, secrets)]);
  if (typeof cert !== "string" || typeof key !== "string") {
    const violations = [["cert", cert] as const, ["key", key] as const].flatMap(([path, text]) => (typeof text === "string" ? [] : [{ path, message: text.problem }]));
    return { ok: false, violations };
  }
  const read = readPair({ cert, key }, mesh, nowMs);
  return read.ok ? { ok: true, origin: `provided/${name}/${read.fingerprint}`, make: () => Promise.resolve(read.pair) } : read;
}

async function textOf(source: CertificateSource | undefined, mesh: string, secrets: DesiredFrom["secrets"]): Promise<string | { readonly problem: string }> {
  const { secret, file } = source ?? {};
  if (secret !== undefined) return secretTextOf(secrets.get({ kind: "Secret", mesh, name: secret })) ?? { problem: `there is no secret ${JSON.stringify(secret)} in the mesh` };
  if (file !== undefined) return await readFile(file, "utf8").catch((error: unknown) => ({ problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` }));
  return pemOf(source ?? {}) ?? { problem: "has to be defined" };
}

function secretTextOf(secret: Secret | undefined): string | undefined {
  return secret === undefined ? undefined : Buffer.from(secret.spec.data, "base64").toString("utf8");
}

/** The built-in authority that Kuma made for a mesh, in a store that was taken over from it; undefined: there is none that is good. */
export function takenOverAuthority(backend: MtlsBackend, { mesh, secrets, nowMs }: DesiredFrom): SigningPair | undefined {
  const keys = kumaAuthorityKeys(mesh, backend.name);
  const [cert, key] = [secretTextOf(secrets.get(keys.certificate)), secretTextOf(secrets.get(keys.key))];
  if (backend.type !== "builtin" || cert === undefined || key === undefined) return undefined;
  const read = readPair({ cert, key }, mesh, nowMs);
  return read.ok ? read.pair : undefined;
}
