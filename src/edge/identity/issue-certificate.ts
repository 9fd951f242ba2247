import "reflect-metadata";
import { createPrivateKey, webcrypto, type KeyObject } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension, BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension,
  SubjectAlternativeNameExtension, X509Certificate, X509CertificateGenerator, type Extension,
} from "@peculiar/x509";
import type { IdentityCertificate } from "../../core/model/mesh-tls-secrets.ts";
import { importPublic, keyPem, newKeys, serialNumber } from "../access/certificate-keys.ts";
import type { SigningPair } from "./make-authority.ts";

/** What an authority signs with, read once. */
interface Signer {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: webcrypto.EcdsaParams | webcrypto.Algorithm;
  readonly keyIdentifier: Extension;
  /** Certificates between it and one that is signed by itself. */
  readonly intermediates: string;
}

const signers = new WeakMap<object, Promise<Signer>>();

/**
 * A new key, and a certificate for it (X509-SVID): its names are URIs, its subject is empty, and it is good for both ends of a connection.
 * @param authority remembered by its identity: what it signs with is read once.
 */
export async function issueCertificate(
  authority: SigningPair,
  { names, notBeforeMs, notAfterMs }: { readonly names: readonly string[]; readonly notBeforeMs: number; readonly notAfterMs: number },
): Promise<IdentityCertificate> {
  const reading = signers.get(authority) ?? readSigner(authority);
  signers.set(authority, reading);
  const signer = await reading;
  const keys = newKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [],
    issuer: signer.certificate.subjectName.toJSON(),
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    publicKey: await importPublic(keys.publicKey),
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      // Critical where the subject is empty (RFC 5280, section 4.1.2.6).
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: "url" as const, value })), true),
      signer.keyIdentifier,
    ],
  }, webcrypto);
  return { certificateChain: `${certificate.toString("pem")}\n${signer.intermediates}`, privateKey: keyPem(keys.privateKey) };
}

async function readSigner({ certificates, privateKey }: SigningPair): Promise<Signer> {
  const [first = "", ...above] = splitPem(certificates);
  const certificate = new X509Certificate(first);
  const signing = signingOf(createPrivateKey(privateKey));
  if (signing === undefined) throw new Error("the authority's key is of a kind that cannot sign here");
  const chain = above.filter((pem) => isBetween(new X509Certificate(pem)));
  return {
    certificate,
    algorithm: signing.use,
    key: await webcrypto.subtle.importKey("pkcs8", createPrivateKey(privateKey).export({ type: "pkcs8", format: "der" }), signing.algorithm, false, ["sign"]),
    keyIdentifier: await AuthorityKeyIdentifierExtension.create(certificate, false, webcrypto),
    intermediates: [...(isBetween(certificate) ? [first] : []), ...chain].map((pem) => `${pem.trim()}\n`).join(""),
  };
}

function isBetween({ subject, issuer }: X509Certificate): boolean {
  return subject !== issuer;
}

/** The certificates of a PEM text, each by itself. */
export function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

const curves: Readonly<Record<string, { readonly namedCurve: string; readonly hash: string }>> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

interface Signing {
  readonly algorithm: webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams;
  readonly use: webcrypto.EcdsaParams | webcrypto.Algorithm;
}

/** How a key signs; undefined: Envoy takes no certificates of such. */
export function signingOf(key: KeyObject): Signing | undefined {
  if (key.asymmetricKeyType === "rsa") return { algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, use: { name: "RSASSA-PKCS1-v1_5" } };
  const curve = key.asymmetricKeyType === "ec" ? curves[key.asymmetricKeyDetails?.namedCurve ?? ""] : undefined;
  return curve === undefined ? undefined : { algorithm: { name: "ECDSA", namedCurve: curve.namedCurve }, use: { name: "ECDSA", hash: curve.hash } };
}
