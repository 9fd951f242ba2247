import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateFiles } from "./certificate-files.ts";
import { namesOf } from "./certificate-names.ts";
import { makeCa, makeServerCertificate, type MadeCertificate } from "./make-certificate.ts";

/** A server's certificate is made anew when it is good for less than this. */
const renewMs = 30 * 24 * 60 * 60 * 1000;

/** Where the control plane keeps its own authority and its server's certificate. */
export function ownCertificateFiles(dataDir: string): CertificateFiles & { readonly caKey: string; readonly ca: string } {
  const file = (name: string): string => join(dataDir, "tls", name);
  return { cert: file("server.crt"), key: file("server.key"), ca: file("ca.crt"), caKey: file("ca.key") };
}

/**
 * Makes the authority at the first start, and the server's certificate when there is none for these names, or not for much longer.
 * Keys are for their owner alone. Throws when the folder cannot be written, or holds half of a pair.
 */
export async function ensureOwnCertificates(dataDir: string, names: readonly string[], now: Date): Promise<CertificateFiles> {
  const files = ownCertificateFiles(dataDir);
  mkdirSync(join(dataDir, "tls"), { recursive: true, mode: 0o700 });
  const there = [files.ca, files.caKey].filter((file) => existsSync(file));
  if (there.length === 1) throw new Error(`${there.join("")} is there without its other half; bring that back, or remove both to have a new authority made`);
  if (there.length === 0) write(files.ca, files.caKey, await makeCa(now));
  const ca = { cert: readFileSync(files.ca, "utf8"), key: readFileSync(files.caKey, "utf8") };
  if (!isGood(files, ca.cert, names, now)) write(files.cert, files.key, await makeServerCertificate(ca, names, now));
  return files;
}

function isGood(files: CertificateFiles, caPem: string, names: readonly string[], now: Date): boolean {
  if (!existsSync(files.cert) || !existsSync(files.key)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(files.cert));
    const present = namesOf(certificate);
    const isOurs = certificate.verify(new X509Certificate(caPem).publicKey);
    return isOurs && names.every((name) => present.includes(name)) && Date.parse(certificate.validTo) - now.getTime() > renewMs;
  } catch {
    return false;
  }
}

/** The key first: who reads in between finds a pair that does not match, and reads again. */
function write(certFile: string, keyFile: string, { cert, key }: MadeCertificate): void {
  for (const [file, text, mode] of [[keyFile, key, 0o600], [certFile, cert, 0o644]] as const) {
    writeFileSync(`${file}.new`, text, { mode });
    renameSync(`${file}.new`, file);
  }
}
