import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { namesOf } from "./certificate-names.ts";

/** Files with a server's certificate (its chain, the server's own first) and its key, as PEM. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** The authority that clients are to trust. Absent: the last certificate of the chain. */
  readonly ca?: string;
}

/** What was read from them. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
}

/** A certificate that is read again when its files change. */
export interface FollowedCertificate {
  readonly current: ServerCertificate;
  /** Called with each later one. Gives back how to be called no more. */
  onChange(listener: (certificate: ServerCertificate) => void): () => void;
  close(): void;
}

export interface FollowOptions {
  /** How often the files are looked at; default 1,000. */
  readonly everyMs?: number;
  readonly logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Reads a pair. Throws a sentence that names the file when it cannot be read, is none, or the two do not belong together. */
export function readCertificate(files: CertificateFiles): ServerCertificate {
  const [cert, key] = [readPem(files.cert), readPem(files.key)];
  const chain = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  const [own, last] = [chain[0], chain.at(-1)];
  if (own === undefined || last === undefined) throw new Error(`${files.cert} has no certificate in it`);
  const parsed = attempt(`${files.cert} has no certificate that can be read`, () => new X509Certificate(own));
  const privateKey = attempt(`${files.key} has no key that can be read`, () => createPrivateKey(key));
  if (!parsed.checkPrivateKey(privateKey)) throw new Error(`${files.key} is not the key of the certificate in ${files.cert}`);
  attempt(`${files.cert} and ${files.key} cannot be used`, () => createSecureContext({ cert, key }));
  return { cert, key, caPem: files.ca === undefined ? last : readPem(files.ca), names: namesOf(parsed) };
}

/** Reads a pair, and again when a file changes; a pair that is not good leaves the last good one in use, and is told of. Throws as `readCertificate`. */
export function followCertificate(files: CertificateFiles, { everyMs = 1_000, logger }: FollowOptions): FollowedCertificate {
  const listeners = new Set<(certificate: ServerCertificate) => void>();
  let seen = stampOf(files);
  let current = readCertificate(files);
  const look = (): void => {
    const stamp = stampOf(files);
    if (stamp === seen) return;
    seen = stamp;
    try {
      current = readCertificate(files);
    } catch (error) {
      logger.warn({ err: error }, "the certificate changed but is not good; the last good one stays in use");
      return;
    }
    logger.info({ file: files.cert, names: current.names }, "certificate read again");
    for (const listener of listeners) listener(current);
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    get current() {
      return current;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearInterval(timer),
  };
}

/** Changes with the files: also where they are links that come to point elsewhere, as in a mounted secret of Kubernetes. */
function stampOf(files: CertificateFiles): string {
  return [files.cert, files.key, files.ca].map((file) => (file === undefined ? "" : fileStamp(file))).join();
}

function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.ino}-${stat.size}-${stat.mtimeMs}`;
}

function readPem(file: string): string {
  return attempt(`${file} cannot be read`, () => readFileSync(file, "utf8"));
}

/** Without the reason of what is a key: a parser may cite what it was given. */
function attempt<T>(failure: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new Error(`${failure}${code}`, { cause: error });
  }
}
