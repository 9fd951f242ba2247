import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { parseLifetime } from "./mesh-mtls.ts";
import { hasPem, pemOf } from "./tls-source.ts";
import { isDnsName } from "./valid-address.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the mutual TLS of a Mesh beyond its shape; rules and texts as in Kuma 2.14. Whether a certificate is a CA's, fits
 * its key and is good today is for whoever reads certificates.
 */
export function validateMeshMtls(spec: unknown): readonly Violation[] {
  const mtls = asObject(ownField(asObject(spec), "mtls"));
  const backends = asArray(ownField(mtls, "backends")) ?? [];
  const names = backends.map((backend) => asString(ownField(asObject(backend), "name")) ?? "");
  const enabled = asString(ownField(mtls, "enabledBackend")) ?? "";
  const skips = ownField(mtls, "skipValidation") === true;
  return [
    ...(enabled === "" || names.includes(enabled) ? [] : [{ path: "mtls.enabledBackend", message: "has to be set to one of the backends in the mesh" }]),
    ...(backends.length > 1 ? [{ path: "mtls.backends", message: "cannot have more than 1 backends" }] : []),
    ...names.flatMap((name, i) => (names.indexOf(name) < i ? [{ path: `mtls.backends[${i}].name`, message: `${JSON.stringify(name)} name is already used for another backend` }] : [])),
    ...backends.flatMap((backend, i) => backendProblems(asObject(backend), `mtls.backends[${i}]`, skips)),
  ];
}

function backendProblems(backend: Fields | undefined, path: string, skips: boolean): readonly Violation[] {
  const type = asString(ownField(backend, "type"));
  const conf = asObject(ownField(backend, "conf"));
  const rotation = asObject(ownField(asObject(ownField(backend, "dpCert")), "rotation"));
  return [
    ...(type === undefined || type === "builtin" || type === "provided" ? [] : [{ path: `${path}.type`, message: "could not find installed plugin for this type" }]),
    ...(type === "builtin" ? nameProblems(asString(ownField(backend, "name")), path) : []),
    ...lifetimeProblems(rotation, `${path}.dpCert.rotation`),
    ...lifetimeProblems(asObject(ownField(conf, "caCert")), `${path}.conf.caCert`),
    ...(type === "provided" ? providedProblems(conf, `${path}.conf`, skips) : []),
  ];
}

/** Its CA is kept in secrets of that name. */
function nameProblems(name: string | undefined, path: string): readonly Violation[] {
  if (name === undefined || (name.length <= 255 && name === name.toLowerCase() && isDnsName(name))) return [];
  return [{ path: `${path}.name`, message: `${JSON.stringify(name)} name must be valid dns name` }];
}

function lifetimeProblems(fields: Fields | undefined, path: string): readonly Violation[] {
  const expiration = asString(ownField(fields, "expiration")) ?? "";
  if (expiration === "" || parseLifetime(expiration) !== undefined) return [];
  return [{ path: `${path}.expiration`, message: "has to be a valid format" }];
}

const pems = [
  ["cert", /^CERTIFICATE$/, "certificates"],
  ["key", /^(RSA |EC )?PRIVATE KEY$/, "an unencrypted private key"],
] as const;

function providedProblems(conf: Fields | undefined, path: string, skips: boolean): readonly Violation[] {
  return pems.flatMap(([field, label, what]) => {
    const source = asObject(ownField(conf, field));
    if (source === undefined) return [{ path: `${path}.${field}`, message: "has to be defined" }];
    return sourceProblems(source, `${path}.${field}`, skips ? undefined : { label, what });
  });
}

const ways = ["secret", "file", "inline", "inlineString"] as const;

/** Exactly one way; what is behind a secret or a file is not seen here. */
function sourceProblems(source: Fields, path: string, pem: { readonly label: RegExp; readonly what: string } | undefined): readonly Violation[] {
  const given = ways.filter((way) => ownField(source, way) !== undefined);
  if (given.length !== 1) return [{ path, message: "must have exactly one defined: secret, file, inline, inlineString" }];
  const [inline, inlineString] = [asString(source["inline"]), asString(source["inlineString"])];
  if (pem === undefined || (inline === undefined && inlineString === undefined)) return [];
  const text = pemOf({ ...(inline === undefined ? {} : { inline }), ...(inlineString === undefined ? {} : { inlineString }) });
  return text !== undefined && hasPem(text, pem.label) ? [] : [{ path, message: `must be ${pem.what} in PEM${inline === undefined ? "" : ", in Base64"}` }];
}
