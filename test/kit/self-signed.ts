import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate that signed itself, for these names; `ca` absent: it does not say whether it is one. */
export async function selfSigned(options: { readonly dns?: readonly string[]; readonly ips?: readonly string[]; readonly ca?: boolean } = {}): Promise<{ certPem: string; keyPem: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const names = [...(options.dns ?? []).map((value) => ({ type: "dns" as const, value })), ...(options.ips ?? []).map((value) => ({ type: "ip" as const, value }))];
  const extensions = [
    ...(options.ca === undefined ? [] : [new BasicConstraintsExtension(options.ca, undefined, true)]),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ];
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: "CN=probeplane test", keys, signingAlgorithm: algorithm, extensions }, webcrypto);
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return { certPem: certificate.toString("pem"), keyPem: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n` };
}
