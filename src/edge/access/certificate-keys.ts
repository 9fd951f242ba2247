import { generateKeyPairSync, randomBytes, webcrypto, type KeyObject } from "node:crypto";

const algorithm = { name: "ECDSA", namedCurve: "P-256" };

/** How what has such a key signs. */
export const ecdsaSigning = { name: "ECDSA", hash: "SHA-256" };

/** Keys for a certificate: ECDSA P-256, which is made in no time and verified everywhere. */
export function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

export function importPublic(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("spki", key.export({ type: "spki", format: "der" }), algorithm, true, ["verify"]);
}

export function importPrivate(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]);
}

/** PEM, PKCS #8. */
export function keyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A serial number for a certificate: positive, as RFC 5280 wants it. */
export function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f || 1;
  return bytes.toString("hex");
}
