import "reflect-metadata";
import { createPrivateKey, X509Certificate as NodeCertificate, type KeyObject } from "node:crypto";
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, X509Certificate } from "@peculiar/x509";
import type { Violation } from "../../core/base/violation.ts";
import { clockToleranceMs } from "../../core/identity/generations.ts";
import { signingOf, splitPem } from "./issue-certificate.ts";
import type { SigningPair } from "./make-authority.ts";

export type ReadPair =
  | { readonly ok: true; readonly pair: SigningPair; /** SHA-256 of the certificate that signs. */ readonly fingerprint: string }
  /** Paths are `cert`, `cert[i]` and `key`. */
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** Reads a provided authority, or says all that is wrong with it. Texts are Kuma's where it has one; no message holds a part of a key. */
export function readPair({ cert, key }: { readonly cert: string; readonly key: string }, mesh: string, nowMs: number): ReadPair {
  const pems = splitPem(cert);
  const certificates = pems.map(parse);
  const privateKey = parseKey(key);
  const first = certificates[0];
  if (first === undefined) return wrong([{ path: "cert", message: `not a valid TLS key pair: ${pems.length === 0 ? "there is no certificate in PEM" : "the certificate cannot be read"}` }]);
  const signs = first;
  const violations = [
    ...keyViolations(privateKey, signs),
    ...certificates.flatMap((certificate, i) => certificateViolations(certificate, `cert[${i}]`, nowMs)),
    ...domainViolations(signs, mesh),
  ];
  if (violations.length > 0 || privateKey === undefined) return wrong(violations);
  const pair = {
    certificates: pems.map((pem) => `${pem}\n`).join(""),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    notBeforeMs: signs.notBefore.getTime(),
    notAfterMs: Math.min(...certificates.map((certificate) => certificate?.notAfter.getTime() ?? Infinity)),
  };
  return { ok: true, pair, fingerprint: new NodeCertificate(pems[0] ?? "").fingerprint256.replaceAll(":", "").toLowerCase() };
}

function wrong(violations: readonly Violation[]): ReadPair {
  return { ok: false, violations };
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function keyViolations(key: KeyObject | undefined, certificate: X509Certificate): readonly Violation[] {
  if (key === undefined) return [{ path: "key", message: "must be an unencrypted private key in PEM" }];
  if (signingOf(key) === undefined) return [{ path: "key", message: "must be an RSA key, or one of the curves P-256, P-384 and P-521" }];
  const fits = new NodeCertificate(Buffer.from(certificate.rawData)).checkPrivateKey(key);
  return fits ? [] : [{ path: "cert", message: "not a valid TLS key pair: private key does not match public key" }];
}

function certificateViolations(certificate: X509Certificate | undefined, path: string, nowMs: number): readonly Violation[] {
  if (certificate === undefined) return [{ path, message: "not a valid x509 certificate" }];
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages;
  const messages = [
    certificate.getExtension(BasicConstraintsExtension)?.ca === true ? "" : "basic constraint 'CA' must be set to 'true' (see X509-SVID: 4.1. Basic Constraints)",
    usages === undefined || (usages & KeyUsageFlags.keyCertSign) === 0 ? "key usage extension 'keyCertSign' must be set (see X509-SVID: 4.3. Key Usage)" : "",
    usages !== undefined && (usages & KeyUsageFlags.keyAgreement) !== 0 ? "key usage extension 'keyAgreement' must NOT be set (see X509-SVID: Appendix A. X.509 Field Reference)" : "",
    certificate.notAfter.getTime() <= nowMs ? `expired at ${certificate.notAfter.toISOString()}` : "",
    certificate.notBefore.getTime() - clockToleranceMs > nowMs ? `is not valid before ${certificate.notBefore.toISOString()}` : "",
  ];
  return messages.filter((message) => message !== "").map((message) => ({ path, message }));
}

/** An authority that says for which trust domain it is must be for this mesh (X509-SVID, section 4.1): other proxies would believe it. */
function domainViolations(certificate: X509Certificate, mesh: string): readonly Violation[] {
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const foreign = names.find(({ type, value }) => type === "url" && value.startsWith("spiffe://") && value.slice("spiffe://".length).split("/")[0] !== mesh);
  return foreign === undefined ? [] : [{ path: "cert[0]", message: `is the CA of ${foreign.value}, not of the mesh ${JSON.stringify(mesh)}` }];
}
