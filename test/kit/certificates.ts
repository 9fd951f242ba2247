import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A certificate and its key, as PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestCa {
  readonly cert: string;
  /** A certificate for these names (DNS names, IP addresses and URIs), the first of which is its common name. */
  issue(...names: readonly [string, ...string[]]): Promise<Certificate>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;

/** A certificate authority for one test. */
export async function makeTestCa(name: string): Promise<TestCa> {
  const keys = await newKeys();
  const issuer = `CN=${name}`;
  const common = () => ({ serialNumber: randomBytes(8).toString("hex"), issuer, signingKey: keys.privateKey, signingAlgorithm, notBefore: after(-1), notAfter: after(7) });
  const authority = new BasicConstraintsExtension(true, 0, true);
  const own = await X509CertificateGenerator.create({ ...common(), subject: issuer, publicKey: keys.publicKey, extensions: [authority] }, webcrypto);
  return {
    cert: `${own.toString("pem")}\n`,
    async issue(...names) {
      const { publicKey, privateKey } = await newKeys();
      const alternative = names.map((value) => ({ type: value.includes("://") ? ("url" as const) : isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }));
      const extensions = [new BasicConstraintsExtension(false), new SubjectAlternativeNameExtension(alternative)];
      const made = await X509CertificateGenerator.create({ ...common(), subject: `CN=${names[0]}`, publicKey, extensions }, webcrypto);
      return { cert: `${made.toString("pem")}\n`, key: KeyObject.from(privateKey).export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function after(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}
