import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension, BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension,
  SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, X509Certificate, X509CertificateGenerator, type Extension,
} from "@peculiar/x509";
import { ecdsaSigning as signingAlgorithm, importPrivate, importPublic, keyPem, newKeys, serialNumber } from "./certificate-keys.ts";

/** A certificate and its key, as PEM. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
}

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
  const certificate = await X509CertificateGenerator.create({ serialNumber: serialNumber(), subject, issuer: subject, ...validity, publicKey, signingKey, signingAlgorithm, extensions }, webcrypto);
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
    { serialNumber: serialNumber(), subject: "CN=probeplane", issuer: issuer.subject, ...validity, publicKey, signingKey, signingAlgorithm, extensions }, webcrypto,
  );
  return { cert: `${certificate.toString("pem")}\n`, key: keyPem(keys.privateKey) };
}
