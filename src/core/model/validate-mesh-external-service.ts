import { fieldPath } from "../base/field-path.ts";
import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { hasPem, pemOf } from "./tls-source.ts";
import { isDnsName, isIp } from "./valid-address.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a MeshExternalService beyond its shape; rules and texts as in Kuma 2.14, and what Envoy would refuse: certificates
 * and keys that are no PEM. What Kuma has and is not served here is refused, rather than kept without effect.
 */
export function validateMeshExternalService(spec: unknown): readonly Violation[] {
  const fields = asObject(spec);
  const extension = ownField(fields, "extension") === undefined ? [] : [{ path: "extension", message: "must not be set: extensions are not supported" }];
  const endpoints = asArray(ownField(fields, "endpoints")) ?? [];
  return [
    ...endpoints.flatMap((endpoint, i) => addressProblems(asString(ownField(asObject(endpoint), "address")), `endpoints[${i}].address`)),
    ...tlsProblems(asObject(ownField(fields, "tls"))),
    ...extension,
  ];
}

function addressProblems(address: string | undefined, path: string): readonly Violation[] {
  if (address === undefined || isIp(address) || isDnsName(address)) return [];
  const message = "address has to be a valid IP or hostname";
  return [{ path, message: address.startsWith("unix:") ? `${message}: unix sockets are not supported` : message }];
}

function tlsProblems(tls: Fields | undefined): readonly Violation[] {
  const { min, max } = versionsOf(asObject(ownField(tls, "version")));
  const verification = asObject(ownField(tls, "verification"));
  return [
    ...(min !== undefined && max !== undefined && min > max ? [{ path: "tls.version.min", message: "min version must be lower than max" }] : []),
    ...(verification === undefined ? [] : verificationProblems(verification, "tls.verification")),
  ];
}

/** Versions as numbers to compare; TLSAuto compares with nothing. */
function versionsOf(version: Fields | undefined): { readonly min: number | undefined; readonly max: number | undefined } {
  const number = (field: string): number | undefined => {
    const digits = /^TLS(1\d)$/.exec(asString(ownField(version, field)) ?? "")?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  return { min: number("min"), max: number("max") };
}

function verificationProblems(verification: Fields, path: string): readonly Violation[] {
  const found: Violation[] = [];
  const serverName = asString(ownField(verification, "serverName"));
  if (serverName !== undefined && !isDnsName(serverName)) found.push({ path: `${path}.serverName`, message: "must be a valid DNS name" });
  (asArray(ownField(verification, "subjectAltNames")) ?? []).forEach((name, i) => {
    if (ownField(asObject(name), "value") === "") found.push({ path: `${path}.subjectAltNames[${i}].value`, message: "must not be empty" });
  });
  const [cert, key] = [ownField(verification, "clientCert"), ownField(verification, "clientKey")];
  if (cert !== undefined && key === undefined) found.push({ path: `${path}.clientKey`, message: "must be defined when clientCert is defined" });
  if (cert === undefined && key !== undefined) found.push({ path: `${path}.clientCert`, message: "must be defined when clientKey is defined" });
  for (const [field, label, what] of pemFields) {
    const source = asObject(ownField(verification, field));
    if (source !== undefined) found.push(...sourceProblems(source, fieldPath(path, field), label, what));
  }
  return found;
}

const pemFields = [
  ["caCert", /^CERTIFICATE$/, "certificates"],
  ["clientCert", /^CERTIFICATE$/, "certificates"],
  ["clientKey", /^(RSA |EC )?PRIVATE KEY$/, "an unencrypted private key"],
] as const;

const legacy = ["secret", "inline", "inlineString"] as const;

function sourceProblems(source: Fields, path: string, label: RegExp, what: string): readonly Violation[] {
  const shape = shapeProblems(source, path);
  if (shape.length > 0) return shape;
  const values = [source["inline"], source["inlineString"], ownField(asObject(source["insecureInline"]), "value")];
  if (values.some((value) => value !== undefined && typeof value !== "string")) return [];
  const pem = pemOf(source);
  return pem !== undefined && hasPem(pem, label) ? [] : [{ path, message: `must be ${what} in PEM${source["inline"] === undefined ? "" : ", in Base64"}` }];
}

const noSecrets = "Secrets are not sent to proxies yet; use inline or inlineString";

/** Which of the ways to give a value is used, and whether it is one that works. */
function shapeProblems(source: Fields, path: string): readonly Violation[] {
  const given = legacy.filter((field) => ownField(source, field) !== undefined);
  const type = ownField(source, "type");
  if (type !== undefined && given.length > 0) return [{ path, message: "secret, inline and inlineString cannot be combined with type" }];
  if (given.includes("secret")) return [{ path: `${path}.secret`, message: `is not supported: ${noSecrets}` }];
  if (given.length > 1) return [{ path, message: "must have exactly one defined: inline, inlineString" }];
  if (type === "Secret") return [{ path: `${path}.type`, message: `Secret is not supported: ${noSecrets}` }];
  if (type === "File" || type === "EnvVar") return [{ path: `${path}.type`, message: `${type} must be one of: Secret, InsecureInline` }];
  if (type === "InsecureInline") return ownField(source, "insecureInline") === undefined ? [{ path: `${path}.insecureInline`, message: "must be defined" }] : [];
  return given.length === 1 ? [] : [{ path, message: "must have at least one defined: inline, inlineString, type" }];
}
