import type { SchemaRule } from "../base/json-schema.ts";

// What `validateMeshExternalService` says, for Kubernetes' API server: the same rules in the same words. What is inside PEM it cannot see.

const dnsName = "^([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?[.])*[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?[.]?$";
const isDnsName = `(self.matches('${dnsName}') && !self.matches('^[0-9.]+$'))`;

export const addressRule: SchemaRule = {
  rule: `isIP(self) || ${isDnsName}`,
  message: "address has to be a valid IP or hostname",
  messageExpression: "'address has to be a valid IP or hostname' + (self.startsWith('unix:') ? ': unix sockets are not supported' : '')",
};

export const serverNameRule: SchemaRule = { rule: isDnsName, message: "must be a valid DNS name" };

export const notEmpty: SchemaRule = { rule: "size(self) > 0", message: "must not be empty" };

export const noExtension: SchemaRule = { rule: "false", message: "must not be set: extensions are not supported" };

const known = "['TLS10', 'TLS11', 'TLS12', 'TLS13']";

export const versionRule: SchemaRule = {
  rule: `!has(self.min) || !has(self.max) || !(self.min in ${known}) || !(self.max in ${known}) || self.min <= self.max`,
  message: "min version must be lower than max",
  fieldPath: ".min",
};

export const verificationRules: readonly SchemaRule[] = [
  { rule: "!has(self.clientCert) || has(self.clientKey)", message: "must be defined when clientCert is defined", fieldPath: ".clientKey" },
  { rule: "!has(self.clientKey) || has(self.clientCert)", message: "must be defined when clientKey is defined", fieldPath: ".clientCert" },
];

const legacy = "(has(self.secret) || has(self.inline) || has(self.inlineString))";
const noSecrets = "Secrets are not sent to proxies yet; use inline or inlineString";

/** Which of the ways to give a value is used, and whether it is one that works; of each value one thing is told. */
export const sourceRules: readonly SchemaRule[] = [
  { rule: `!has(self.type) || !${legacy}`, message: "secret, inline and inlineString cannot be combined with type" },
  { rule: "has(self.type) || !has(self.secret)", message: `is not supported: ${noSecrets}`, fieldPath: ".secret" },
  { rule: "has(self.type) || has(self.secret) || !has(self.inline) || !has(self.inlineString)", message: "must have exactly one defined: inline, inlineString" },
  { rule: `${legacy} || !has(self.type) || self.type != 'Secret'`, message: `Secret is not supported: ${noSecrets}`, fieldPath: ".type" },
  {
    rule: `${legacy} || !has(self.type) || !(self.type in ['File', 'EnvVar'])`,
    message: "must be one of: Secret, InsecureInline",
    messageExpression: "self.type + ' must be one of: Secret, InsecureInline'",
    fieldPath: ".type",
  },
  { rule: `${legacy} || !has(self.type) || self.type != 'InsecureInline' || has(self.insecureInline)`, message: "must be defined", fieldPath: ".insecureInline" },
  { rule: `has(self.type) || ${legacy}`, message: "must have at least one defined: inline, inlineString, type" },
];
