import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

/** A PostgreSQL URL, taken apart as far as we have to do something with it ourselves. */
export interface DatabaseUrl {
  /** For messages: `db.example:5432/probeplane`, without user and password. */
  readonly place: string;
  /** What is left for the driver: everything but TLS. */
  readonly connectionString: string;
  /**
   * How to connect, to be tried in this order; `false` is without TLS. Reads the certificates that the URL names, each time anew.
   * Throws when one of them cannot be read.
   */
  tlsAttempts(): readonly (ConnectionOptions | false)[];
}

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type TlsMode = (typeof modes)[number];

const tlsParameters = ["sslmode", "sslrootcert", "sslcert", "sslkey", "ssl", "uselibpqcompat"];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. The TLS modes are those of libpq ("SSL Support" in PostgreSQL's manual), `prefer`
 * when none is said; where libpq looks for a root certificate in the home directory, the authorities that Node knows are taken
 * instead. Throws an Error that does not repeat the URL.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) throw new Error("is not a URL as postgres://user@host:5432/database");
  if (url.host.includes(",")) throw new Error("names several hosts; give one that leads to the primary");
  const files = new Map(["sslrootcert", "sslcert", "sslkey"].map((name) => [name, url.searchParams.get(name)]));
  const mode = modeOf(url);
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname);
  const isSocket = host.startsWith("/");
  for (const name of tlsParameters) url.searchParams.delete(name);
  return {
    place: placeOf(url, host),
    connectionString: url.href,
    tlsAttempts: () => {
      if (isSocket || mode === "disable") return [false];
      const tls = tlsOf(mode, files);
      return mode === "prefer" ? [tls, false] : mode === "allow" ? [false, tls] : [tls];
    },
  };
}

function modeOf({ searchParams }: URL): TlsMode {
  const said = searchParams.get("sslmode") ?? (searchParams.get("ssl") === "true" ? "require" : "prefer");
  const mode = modes.find((name) => name === said);
  if (mode === undefined) throw new Error(`has sslmode ${JSON.stringify(said)}, which is not one of ${modes.join(", ")}`);
  return mode;
}

function placeOf(url: URL, host: string): string {
  const port = url.searchParams.get("port") ?? (url.port === "" ? "5432" : url.port);
  return `${host === "" ? "localhost" : host}:${port}${decodeURIComponent(url.pathname)}`;
}

function tlsOf(mode: TlsMode, files: ReadonlyMap<string, string | null>): ConnectionOptions {
  const read = (name: string): Buffer | undefined => {
    const file = files.get(name);
    return file === undefined || file === null || file === "system" ? undefined : readFileSync(file);
  };
  const [ca, cert, key] = [read("sslrootcert"), read("sslcert"), read("sslkey")];
  // As in libpq: `require` with a root certificate at hand is `verify-ca`.
  const verifies = mode.startsWith("verify") || (mode === "require" && ca !== undefined);
  return {
    rejectUnauthorized: verifies,
    ...(verifies && mode !== "verify-full" ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
