import type { JsonSchema } from "../base/json-schema.ts";
import { addressRule, noExtension, notEmpty, serverNameRule, sourceRules, verificationRules, versionRule } from "./mesh-external-service-rules.ts";

function text(description: string): JsonSchema {
  return { type: "string", description };
}

const tlsVersions: readonly string[] = ["TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"];

/** Its parts are looked at by `validateMeshExternalService`: which of them is meant depends on which are there. */
function source(description: string): JsonSchema {
  return {
    type: "object",
    description: `${description} One of inline, inlineString, and insecureInline with type.`,
    rules: sourceRules,
    properties: {
      inline: text("Base64 of the PEM text."),
      inlineString: text("The PEM text."),
      type: { type: "string", enum: ["File", "Secret", "EnvVar", "InsecureInline"], description: "InsecureInline. The others are refused." },
      insecureInline: {
        type: "object",
        required: ["value"],
        description: "With type InsecureInline.",
        properties: { value: text("The PEM text.") },
      },
      secret: text("Refused: secrets are not sent to proxies yet."),
      secretRef: {
        type: "object",
        description: "Refused: secrets are not sent to proxies yet.",
        properties: { kind: text("Secret."), name: text("Name of the Secret.") },
      },
    },
  };
}

const match: JsonSchema = {
  type: "object",
  required: ["port"],
  description: "What calls of the service look like inside the mesh.",
  properties: {
    type: { type: "string", enum: ["HostnameGenerator"], description: "HostnameGenerator. Default: HostnameGenerator." },
    port: { type: "integer", minimum: 1, maximum: 65535, description: "Port of the service as outbounds name it, 1 to 65535." },
    protocol: {
      type: "string",
      enum: ["tcp", "grpc", "http", "http2"],
      description: "What the service speaks, inside TLS where there is TLS: tcp, http, http2 or grpc. It decides how the service is checked. Default: tcp.",
    },
  },
};

const endpoints: JsonSchema = {
  type: "array",
  description: "Where the service is. Every address of a DNS name is an endpoint of its own, checked on its own.",
  kubernetes: { maxItems: 1024 },
  items: {
    type: "object",
    required: ["address", "port"],
    properties: {
      address: {
        type: "string",
        minLength: 1,
        description: "IP address or DNS name, which the proxy resolves (IPv4 first). Unix sockets are refused.",
        kubernetes: { maxLength: 253 },
        rules: [addressRule],
      },
      port: { type: "integer", minimum: 1, maximum: 65535, description: "Port, 1 to 65535." },
      priority: {
        type: "integer",
        minimum: 0,
        maximum: 128,
        description: "0 is used first, higher ones when those before are unhealthy. 0 to 128. Default: 0.",
      },
    },
  },
};

const subjectAltNames: JsonSchema = {
  type: "array",
  description: "Names of which the server's certificate has to have one. Default: the server name, else the endpoint's address.",
  items: {
    type: "object",
    required: ["value"],
    properties: {
      type: { type: "string", enum: ["Exact", "Prefix"], description: "Exact or Prefix. Default: Exact." },
      value: { ...text("DNS name, IP address, or URI such as spiffe://domain/service."), rules: [notEmpty] },
    },
  },
};

const verification: JsonSchema = {
  type: "object",
  description: "How the server is verified, and who the proxy says it is.",
  rules: verificationRules,
  properties: {
    mode: {
      type: "string",
      enum: ["SkipSAN", "SkipCA", "Secured", "SkipAll"],
      description: "Secured: the certificate's CA and name are verified. SkipSAN: only its CA. SkipCA and SkipAll: nothing. Default: Secured.",
    },
    serverName: {
      ...text("Name that is asked for in the handshake (SNI), and verified. Default: the endpoint's address where that is a DNS name."),
      kubernetes: { maxLength: 253 },
      rules: [serverNameRule],
    },
    subjectAltNames,
    caCert: source("CA certificates that the server's has to be signed by. Default: those of the proxy's machine."),
    clientCert: source("Certificate chain that the proxy shows. With clientKey."),
    clientKey: source("Private key of clientCert."),
  },
};

const tls: JsonSchema = {
  type: "object",
  description: "TLS between the proxy and the service. The app itself speaks plain text to its proxy.",
  properties: {
    enabled: { type: "boolean", description: "True: the proxy speaks TLS to the service. Default: false." },
    version: {
      type: "object",
      description: "Versions of TLS that are offered.",
      rules: [versionRule],
      properties: {
        min: { type: "string", enum: tlsVersions, description: "Lowest: TLS10, TLS11, TLS12 or TLS13. Default: TLSAuto, which is TLS12." },
        max: { type: "string", enum: tlsVersions, description: "Highest: TLS10, TLS11, TLS12 or TLS13. Default: TLSAuto, which is TLS13." },
      },
    },
    allowRenegotiation: { type: "boolean", description: "True: the server may renegotiate, which is less safe. Default: false." },
    verification,
  },
};

/** MeshExternalService: fields as in Kuma 2.14. */
export const meshExternalServiceSchema: JsonSchema = {
  type: "object",
  required: ["match"],
  description: "A destination outside the mesh, which proxies call and check directly.",
  properties: {
    match,
    endpoints,
    tls,
    extension: { type: "object", additionalProperties: true, description: "Refused: there are no extensions.", rules: [noExtension] },
  },
};
