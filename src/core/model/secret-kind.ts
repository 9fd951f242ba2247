import { decodeBase64 } from "../base/base64.ts";
import { asObject, asString, ownField } from "../base/json.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import type { Violation } from "../base/violation.ts";
import type { ResourceKindDescriptor } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { shortNameOf } from "./short-names.ts";

/** What a Secret or GlobalSecret holds. */
export interface SecretSpec {
  /** Base64 (RFC 4648 section 4). */
  readonly data: string;
}

export type Secret = Resource<"Secret" | "GlobalSecret", SecretSpec>;

function secretSchema(description: string): JsonSchema {
  const data: JsonSchema = { type: "string", description: "The value, as Base64. Never logged, and shown only to who asks for this one kind." };
  return { type: "object", description, required: ["data"], properties: { data } };
}

/** A secret of one mesh: keys that sign data plane tokens, and the list of revoked ones. */
export const secretKind: ResourceKindDescriptor = Object.freeze({
  kind: "Secret",
  path: "secrets",
  scope: "Mesh",
  shortName: shortNameOf("Secret"),
  singularDisplayName: "Secret",
  pluralDisplayName: "Secrets",
  specSchema: secretSchema("A value that only administrators may read and write, of one mesh. Keys and revocations of data plane tokens are kept so."),
  fieldsAtTop: true,
  sensitive: true,
  validate: validateSecret,
  normalize: (spec: unknown) => spec,
});

/** A secret of no mesh: keys of user and zone tokens, what is revoked of them, the administrator's token. */
export const globalSecretKind: ResourceKindDescriptor = Object.freeze({
  ...secretKind,
  kind: "GlobalSecret",
  path: "global-secrets",
  scope: "Global",
  shortName: shortNameOf("GlobalSecret"),
  singularDisplayName: "Global Secret",
  pluralDisplayName: "Global Secrets",
  specSchema: secretSchema("A value that only administrators may read and write, of no mesh. Keys and revocations of user tokens, and the administrator's token, are kept so."),
});

/** True for kinds whose resources never enter a World, and so no configuration, notice, log or list of everything. */
export function isSensitiveKind(kind: string): boolean {
  return kind === secretKind.kind || kind === globalSecretKind.kind;
}

/** The message names no part of the value: messages are logged. */
function validateSecret(spec: unknown): readonly Violation[] {
  const data = asString(ownField(asObject(spec), "data"));
  return data === undefined || decodeBase64(data) !== undefined ? [] : [{ path: "data", message: "must be Base64" }];
}
