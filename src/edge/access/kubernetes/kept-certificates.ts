import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { planCertificates, type PresentAuthority, type PresentCertificate } from "../../../core/access/certificate-plan.ts";
import { labelOf } from "../../../core/base/labels.ts";
import { namesOf } from "../certificate-names.ts";
import { makeCa, makeServerCertificate, type MadeCertificate } from "../make-certificate.ts";

/** An authority; without its key it is trusted, but signs nothing. */
export interface KeptAuthority {
  /** PEM */
  readonly cert: string;
  /** PEM */
  readonly key?: string;
}

/** What a Secret keeps: authorities, oldest first, and the server's certificate. */
export interface KeptCertificates {
  readonly authorities: readonly KeptAuthority[];
  readonly server?: MadeCertificate;
}

/** Names in the Secret, those of the kind `kubernetes.io/tls` and of cert-manager where they have some. Each file may have several PEM blocks. */
const fields = { ca: "ca.crt", caKey: "ca.key", cert: "tls.crt", key: "tls.key" } as const;

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const keyBlock = /-----BEGIN (?:EC )?PRIVATE KEY-----[^-]+-----END (?:EC )?PRIVATE KEY-----/g;

/** Reads `data` of a Secret. What is none of it, or does not fit together, is left out: it is made anew then. */
export function readKept(data: Readonly<Record<string, string>> | undefined): KeptCertificates {
  const text = (field: string): string => Buffer.from(labelOf(data, field) ?? "", "base64").toString("utf8");
  const keys = blocks(text(fields.caKey), keyBlock);
  const authorities = blocks(text(fields.ca), certificateBlock).flatMap((cert): readonly KeptAuthority[] => {
    const parsed = parse(cert);
    if (parsed === undefined) return [];
    const key = keys.find((each) => fits(parsed, each));
    return [key === undefined ? { cert } : { cert, key }];
  });
  const [cert, key] = [blocks(text(fields.cert), certificateBlock)[0], blocks(text(fields.key), keyBlock)[0]];
  const own = cert === undefined ? undefined : parse(cert);
  return cert !== undefined && key !== undefined && own !== undefined && fits(own, key) ? { authorities, server: { cert, key } } : { authorities };
}

/** The other way round. */
export function writeKept({ authorities, server }: KeptCertificates): Readonly<Record<string, string>> {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const keys = authorities.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const own = server === undefined ? {} : { [fields.cert]: base64(server.cert), [fields.key]: base64(server.key) };
  return { [fields.ca]: base64(bundleOf(authorities)), [fields.caKey]: base64(keys.join("")), ...own };
}

/** What clients are to trust, as PEM. */
export function bundleOf(authorities: readonly KeptAuthority[]): string {
  return authorities.map(({ cert }) => cert).join("");
}

/** Does what has to be done now, as `planCertificates` says; undefined: nothing. */
export async function renewKept(kept: KeptCertificates, names: readonly string[], now: Date): Promise<KeptCertificates | undefined> {
  const parsed = kept.authorities.map(({ cert, key }) => ({ certificate: new X509Certificate(cert), canSign: key !== undefined }));
  const present = parsed.map(({ certificate, canSign }): PresentAuthority => ({ ...validityOf(certificate), canSign }));
  const plan = planCertificates(present, presentServer(kept.server, parsed.map(({ certificate }) => certificate)), { names, nowMs: now.getTime() });
  if (!plan.makeAuthority && plan.signBy === undefined && plan.keep.length === kept.authorities.length) return undefined;
  const all = [...kept.authorities, ...(plan.makeAuthority ? [await makeCa(now)] : [])];
  const authorities = all.filter((_, i) => i >= kept.authorities.length || plan.keep.includes(i));
  const signer = plan.signBy === undefined ? undefined : all[plan.signBy];
  if (signer?.key === undefined) return { ...kept, authorities };
  return { authorities, server: await makeServerCertificate({ cert: signer.cert, key: signer.key }, names, now) };
}

function presentServer(server: MadeCertificate | undefined, authorities: readonly X509Certificate[]): PresentCertificate | undefined {
  if (server === undefined) return undefined;
  const certificate = new X509Certificate(server.cert);
  const at = authorities.findIndex((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  return { ...validityOf(certificate), names: namesOf(certificate), signedBy: at < 0 ? undefined : at };
}

function validityOf({ validFrom, validTo }: X509Certificate): { readonly notBeforeMs: number; readonly notAfterMs: number } {
  return { notBeforeMs: Date.parse(validFrom), notAfterMs: Date.parse(validTo) };
}

function blocks(text: string, block: RegExp): readonly string[] {
  return (text.match(block) ?? []).map((each) => `${each}\n`);
}

function parse(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}

function fits(certificate: X509Certificate, key: string): boolean {
  let parsed: KeyObject;
  try {
    parsed = createPrivateKey(key);
  } catch {
    return false;
  }
  return certificate.checkPrivateKey(parsed);
}
