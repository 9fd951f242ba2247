import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, SubjectKeyIdentifierExtension, X509CertificateGenerator,
} from "@peculiar/x509";
import { clockToleranceMs } from "../../core/identity/generations.ts";
import { ecdsaSigning, importPrivate, importPublic, keyPem, newKeys, serialNumber } from "../access/certificate-keys.ts";

/** An authority's certificate and key, as they are kept. */
export interface SigningPair {
  /** PEM: the certificate that signs, then those above it. */
  readonly certificates: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A built-in authority of a mesh: good for that trust domain alone (X509-SVID, sections 4.1 and 4.3), signed by itself. */
export async function makeAuthority(mesh: string, lifetimeMs: number, nowMs: number): Promise<SigningPair> {
  const keys = newKeys();
  const publicKey = await importPublic(keys.publicKey);
  // Whole seconds, as certificates have them.
  const notBefore = new Date(Math.floor((nowMs - clockToleranceMs) / 1000) * 1000);
  const notAfter = new Date(Math.ceil((nowMs + lifetimeMs) / 1000) * 1000);
  // Part of its name: of two that are trusted, each is found by its name and not by trying.
  const subject = [{ O: ["probeplane"] }, { OU: [randomBytes(4).toString("hex")] }, { CN: [mesh] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(), subject, issuer: subject, notBefore, notAfter, publicKey,
    signingKey: await importPrivate(keys.privateKey),
    signingAlgorithm: ecdsaSigning,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectAlternativeNameExtension([{ type: "url", value: `spiffe://${mesh}` }]),
      await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    ],
  }, webcrypto);
  return { certificates: `${certificate.toString("pem")}\n`, privateKey: keyPem(keys.privateKey), notBeforeMs: notBefore.getTime(), notAfterMs: notAfter.getTime() };
}
