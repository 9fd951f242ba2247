import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from "node:crypto";
import { asNumber, asObject, asString, ownField, type JsonObject } from "../../../core/base/json.ts";

/** `type` of the documents in which secrets travel. */
export const sealedType = "SealedSecrets";

/** What `format: 1` means: these, AES-256-GCM, and the number of a part and of all parts as associated data. */
const format = 1;
const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;
/** 128 MiB and some tenths of a second for each guess. */
const cost: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };

/** Sealed secrets that cannot be opened; the message says why, and nothing of what is in them. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

/** Encrypts each text into a document of its own; only who has the passphrase can read them, and whoever changes them, or leaves one out, is found out. */
export async function sealTexts(texts: readonly string[], passphrase: string): Promise<readonly JsonObject[]> {
  const salt = randomBytes(16);
  const key = await deriveKey(passphrase, salt);
  return texts.map((text, index) => {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength }).setAAD(associated(index + 1, texts.length));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    const [part, of] = [index + 1, texts.length];
    return { type: sealedType, format, part, of, salt: salt.toString("base64"), nonce: nonce.toString("base64"), sealed: sealed.toString("base64") };
  });
}

/** True for a document that `sealTexts` made, whole or not. */
export function isSealed(document: unknown): boolean {
  return ownField(asObject(document), "type") === sealedType;
}

/** The texts that were sealed. @throws SealBroken for a wrong passphrase, and when anything was changed or is missing. */
export async function unsealTexts(documents: readonly unknown[], passphrase: string): Promise<readonly string[]> {
  const parts = documents.map(readPart).sort((a, b) => a.part - b.part);
  const [first] = parts;
  if (first === undefined) return [];
  const isWhole = parts.length === first.of && parts.every(({ part, of, salt }, index) => part === index + 1 && of === first.of && salt.equals(first.salt));
  if (!isWhole) throw new SealBroken(`has ${parts.length} documents of secrets, and ${first.of} belong together`);
  const key = await deriveKey(passphrase, first.salt);
  return parts.map((part) => open(part, key));
}

interface Part {
  readonly part: number;
  readonly of: number;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly sealed: Buffer;
}

function readPart(document: unknown): Part {
  const fields = asObject(document);
  if (ownField(fields, "format") !== format) throw new SealBroken(`has secrets of format ${JSON.stringify(ownField(fields, "format"))}, and this release knows ${format}`);
  const number = (name: string): number => asNumber(ownField(fields, name)) ?? 0;
  const bytes = (name: string): Buffer => Buffer.from(asString(ownField(fields, name)) ?? "", "base64");
  return { part: number("part"), of: number("of"), salt: bytes("salt"), nonce: bytes("nonce"), sealed: bytes("sealed") };
}

function open({ part, of, nonce, sealed }: Part, key: Buffer): string {
  try {
    const end = sealed.length - tagLength;
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength }).setAAD(associated(part, of)).setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]).toString("utf8");
  } catch {
    throw new SealBroken("the passphrase is wrong, or the secrets were changed since they were sealed");
  }
}

function associated(part: number, of: number): Buffer {
  return Buffer.from(`probeplane ${sealedType} ${format}: ${part} of ${of}`);
}

function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), salt, keyLength, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
