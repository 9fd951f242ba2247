import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Secret } from "../../core/model/secret-kind.ts";

/** A pair of keys that signs and verifies tokens. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** A new RSA key in the form in which Kuma keeps them: PKCS #1, as PEM. */
export async function makeSigningKey(): Promise<string> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}

const known = new WeakMap<Secret, SigningKey | undefined>();

/** The key in a secret; undefined when there is none in it that is good for RS256. Reading one takes a while, and is done once. */
export function signingKeyOf(secret: Secret): SigningKey | undefined {
  if (!known.has(secret)) known.set(secret, readSigningKey(Buffer.from(secret.spec.data, "base64")));
  return known.get(secret);
}

/** Reads PEM, or PKCS #1 in DER, as old releases of Kuma have it. */
function readSigningKey(bytes: Buffer): SigningKey | undefined {
  try {
    const isPem = bytes.subarray(0, 10).toString("latin1") === "-----BEGIN";
    const privateKey = isPem ? createPrivateKey(bytes) : createPrivateKey({ key: bytes, format: "der", type: "pkcs1" });
    const { modulusLength = 0 } = privateKey.asymmetricKeyDetails ?? {};
    if (privateKey.asymmetricKeyType !== "rsa" || modulusLength < 2048) return undefined;
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
}
