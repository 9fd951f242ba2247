import type { JsonSchema } from "../base/json-schema.ts";

function source(description: string): JsonSchema {
  return {
    type: "object",
    description: `${description} Exactly one of secret, file, inline and inlineString.`,
    rules: [{ rule: "[has(self.secret), has(self.file), has(self.inline), has(self.inlineString)].filter(x, x).size() == 1", message: "must have exactly one defined: secret, file, inline, inlineString" }],
    properties: {
      secret: { type: "string", description: "Name of a Secret of the mesh that holds the PEM text." },
      file: { type: "string", description: "Path of a file with the PEM text, on the machine of each control plane." },
      inline: { type: "string", description: "Base64 of the PEM text." },
      inlineString: { type: "string", description: "The PEM text." },
    },
  };
}

function lifetime(description: string): JsonSchema {
  return {
    type: "string",
    description,
    kubernetes: { maxLength: 32 },
    rules: [{ rule: "self == '' || self == '0' || self.matches('^[0-9]+(ms|[ywdhms])$')", message: "has to be a valid format" }],
  };
}

const conf: JsonSchema = {
  type: "object",
  description: "What the type needs.",
  properties: {
    caCert: {
      type: "object",
      description: "builtin: the CA that is made on first use.",
      properties: {
        RSAbits: { type: "integer", description: "Kuma's size of an RSA key. Accepted and kept; keys are ECDSA P-256." },
        rsaBits: { type: "integer", description: "The same in another spelling. Accepted and kept; keys are ECDSA P-256." },
        expiration: lifetime("How long the CA is good for: a number and one of y, w, d, h, m, s, ms. Default: 10y."),
      },
    },
    cert: source("provided: certificate of the CA, in PEM."),
    key: source("provided: private key of the CA, in PEM."),
  },
};

const backend: JsonSchema = {
  type: "object",
  required: ["name", "type"],
  description: "A CA.",
  properties: {
    name: { type: "string", description: "Name of the backend, which `enabledBackend` says. Required.", kubernetes: { maxLength: 255 } },
    type: {
      type: "string",
      description: "builtin: a CA that the control plane makes and keeps. provided: a CA of yours. Required.",
      kubernetes: { maxLength: 64 },
      rules: [{ rule: "self in ['builtin', 'provided']", message: "could not find installed plugin for this type" }],
    },
    mode: {
      type: "string",
      enum: ["STRICT", "PERMISSIVE"],
      description: "STRICT: proxies take mutual TLS and nothing else. PERMISSIVE: plain text as well, and they speak TLS to whoever is ready for it. MeshTLS may say otherwise of some. Default: STRICT.",
    },
    dpCert: {
      type: "object",
      description: "The certificates of proxies.",
      properties: {
        rotation: {
          type: "object",
          description: "When they are renewed: when four fifths of their time have passed.",
          properties: { expiration: lifetime("How long a certificate is good for: a number and one of y, w, d, h, m, s, ms. Default: 24h.") },
        },
        requestTimeout: { type: "string", description: "Accepted and kept; the control plane issues certificates itself." },
      },
    },
    conf,
    rootChain: {
      type: "object",
      description: "Accepted and kept; the control plane has the CA itself.",
      properties: { requestTimeout: { type: "string", description: "Accepted and kept." } },
    },
  },
};

/** Mutual TLS of a mesh: fields as in Kuma 2.14. */
export const meshMtlsSchema: JsonSchema = {
  type: "object",
  description: "Mutual TLS between proxies, on when `enabledBackend` is set.",
  properties: {
    enabledBackend: { type: "string", description: "Name of the backend in use. Empty: no mutual TLS. Default: empty.", kubernetes: { maxLength: 255 } },
    backends: {
      type: "array",
      description: "CAs; at most one.",
      items: backend,
      kubernetes: { maxItems: 16 },
      rules: [{ rule: "size(self) <= 1", message: "cannot have more than 1 backends" }],
    },
    skipValidation: { type: "boolean", description: "True: the certificates of a provided backend are not looked at when the Mesh is written. Default: false." },
  },
  rules: [
    {
      rule: "!has(self.enabledBackend) || self.enabledBackend == '' || (has(self.backends) && self.backends.exists(b, b.name == self.enabledBackend))",
      message: "has to be set to one of the backends in the mesh",
      fieldPath: ".enabledBackend",
    },
  ],
};
