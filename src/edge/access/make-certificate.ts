import "reflect-metadata";
import { createPrivateKey, generateKeyPairSync, randomBytes, webcrypto, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension, BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension,
  SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, X509Certificate, X509CertificateGenerator, type Extension,
} from "@peculiar/x509";

/** A certificate and its key, as PEM. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;
/** Clocks differ; a certificate is good from a little before it was made. */
const skewMs = 60 * 60 * 1000;

/** How long a certificate authority is good for, and a server's certificate. */
export const caDays = 3650;
export const serverDays = 365;

/** A certificate authority that signs servers' certificates and nothing else. */
export async function makeCa(now: Date): Promise<MadeCertificate> {
  const keys = newKeys();
  const publicKey = await importPublic(keys.publicKey);
  const signingKey = await importPrivate(keys.privateKey);
  const extensions = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
  // Part of its name, so that a client which was given another one's certificate says so plainly.
  const subject = `CN=probeplane CA ${randomBytes(4).toString("hex")}`;
  const validity = { notBefore: new Date(now.getTime() - skewMs), notAfter: new Date(now.getTime() + caDays * dayMs) };
  const certificate = await X509CertificateGenerator.create({ serialNumber: serial(), subject, issuer: subject, ...validity, publicKey, signingKey, signingAlgorithm, extensions }, webcrypto);
  return { cert: `${certificate.toString("pem")}\n`, key: keyPem(keys.privateKey) };
}

/** A server's certificate for these host names and addresses, signed by the authority. */
export async function makeServerCertificate(ca: MadeCertificate, names: readonly string[], now: Date): Promise<MadeCertificate> {
  return await signCertificate(ca, names, ExtendedKeyUsage.serverAuth, now);
}

/** A client's certificate, by which a server knows it under this name. */
export async function makeClientCertificate(ca: MadeCertificate, name: string, now: Date): Promise<MadeCertificate> {
  return await signCertificate(ca, [name], ExtendedKeyUsage.clientAuth, now);
}

async function signCertificate(ca: MadeCertificate, names: readonly string[], usage: ExtendedKeyUsage, now: Date): Promise<MadeCertificate> {
  const issuer = new X509Certificate(ca.cert);
  const keys = newKeys();
  const publicKey = await importPublic(keys.publicKey);
  const signingKey = await importPrivate(createPrivateKey(ca.key));
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }))),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
  ];
  const until = Math.min(now.getTime() + serverDays * dayMs, issuer.notAfter.getTime());
  const validity = { notBefore: new Date(now.getTime() - skewMs), notAfter: new Date(until) };
  const certificate = await X509CertificateGenerator.create(
    { serialNumber: serial(), subject: "CN=probeplane", issuer: issuer.subject, ...validity, publicKey, signingKey, signingAlgorithm, extensions }, webcrypto,
  );
  return { cert: `${certificate.toString("pem")}\n`, key: keyPem(keys.privateKey) };
}

function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function importPublic(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("spki", key.export({ type: "spki", format: "der" }), algorithm, true, ["verify"]);
}

function importPrivate(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]);
}

function keyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Positive, as RFC 5280 wants it. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f || 1;
  return bytes.toString("hex");
}
