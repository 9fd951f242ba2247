import type { Mesh, MtlsBackend } from "./mesh.ts";

/** Mutual TLS as it is on in a mesh, every default filled. */
export interface EnabledMtls {
  readonly backend: MtlsBackend;
  readonly permissive: boolean;
  /** How long a proxy's certificate is good for. */
  readonly certificateLifetimeMs: number;
}

const dayMs = 86_400_000;
const defaultCertificateLifetimeMs = dayMs;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs, y: 365 * dayMs };

/** Milliseconds of a lifetime: a number and one unit (y, w, d, h, m, s, ms), or 0. Undefined: it is none. */
export function parseLifetime(text: string): number | undefined {
  if (text === "0") return 0;
  const [, digits, unit = ""] = /^(\d+)(ms|[ywdhms])$/.exec(text) ?? [];
  const ms = Number(digits) * (unitMs[unit] ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

const known = new WeakMap<Mesh, EnabledMtls | null>();

/** What is on in a valid Mesh; undefined: proxies talk in plain text. The same object for as long as the Mesh is. */
export function enabledMtls(mesh: Mesh): EnabledMtls | undefined {
  let enabled = known.get(mesh);
  if (enabled === undefined) known.set(mesh, (enabled = readMtls(mesh) ?? null));
  return enabled ?? undefined;
}

function readMtls({ spec: { mtls } }: Mesh): EnabledMtls | undefined {
  const { enabledBackend = "", backends = [] } = mtls ?? {};
  const backend = enabledBackend === "" ? undefined : backends.find(({ name }) => name === enabledBackend);
  if (backend === undefined) return undefined;
  const lifetimeMs = parseLifetime(backend.dpCert?.rotation?.expiration ?? "") ?? 0;
  return Object.freeze({
    backend,
    permissive: backend.mode === "PERMISSIVE",
    certificateLifetimeMs: lifetimeMs > 0 ? lifetimeMs : defaultCertificateLifetimeMs,
  });
}
