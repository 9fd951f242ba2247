import type { JsonSchema, SchemaRule } from "../base/json-schema.ts";

const typeSet: SchemaRule = { rule: "has(self.type) && size(self.type) > 0", message: "must be set", fieldPath: ".type" };

function typeRules(known: readonly string[]): readonly SchemaRule[] {
  const supported = `supported values are: ${known.join(", ")}`;
  return [
    {
      rule: `size(self) == 0 || self in [${known.map((type) => `'${type}'`).join(", ")}]`,
      message: `unrecognized type, ${supported}`,
      messageExpression: `'unrecognized type "' + self + '", ${supported}'`,
    },
  ];
}

/** No segment is `.` or `..`; what else is wrong with an ID is told by the control plane. */
const segment = "([A-Za-z0-9_-][A-Za-z0-9._-]*|[.][A-Za-z0-9_-][A-Za-z0-9._-]*|[.][.][A-Za-z0-9._-]+)";
const spiffeIdPattern = `^spiffe://[a-z0-9._-]+(/${segment})*/?$`;

const spiffeIdRules: readonly SchemaRule[] = [
  { rule: "has(self.value)", message: "must be a valid Spiffe ID: cannot be empty" },
  { rule: "!has(self.value) || !self.value.endsWith('/') || (has(self.type) && self.type == 'Prefix')", message: "must be a valid Spiffe ID: path cannot have a trailing slash" },
];

/** One match (`matches` of `rules`, `allow` of a permission); the same rules as `validateMatch`. */
export const matchSchema: JsonSchema = {
  type: "object",
  description: "What has to hold; all that is said.",
  properties: {
    spiffeID: {
      type: "object",
      description: "The caller, by the SPIFFE ID in its certificate: `spiffe://<mesh>/<service>`. It is known only with mutual TLS.",
      properties: {
        type: { type: "string", kubernetes: { maxLength: 16 }, description: "Exact, or Prefix: all that begin with the value. Required.", rules: typeRules(["Exact", "Prefix"]) },
        value: { type: "string", kubernetes: { maxLength: 2048, pattern: spiffeIdPattern }, description: "The SPIFFE ID. A prefix may end in a slash; without it `spiffe://mesh/back` means `backend` too. Required." },
      },
      rules: [typeSet, ...spiffeIdRules],
    },
    sni: {
      type: "object",
      description: "The server name that the caller asks for in the TLS handshake.",
      properties: {
        type: { type: "string", kubernetes: { maxLength: 16 }, description: "Exact. Required.", rules: typeRules(["Exact"]) },
        value: {
          type: "string",
          kubernetes: { maxLength: 253, pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$" },
          description: "The server name, in lower case. Required.",
        },
      },
      rules: [typeSet, { rule: "has(self.value) && size(self.value) > 0", message: "must be set", fieldPath: ".value" }],
    },
  },
  rules: [{ rule: "has(self.spiffeID) || has(self.sni)", message: "must specify at least one of 'spiffeID' or 'sni'" }],
};
