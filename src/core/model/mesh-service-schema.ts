import type { JsonSchema, SchemaRule } from "../base/json-schema.ts";

const pairs = { type: "object", additionalProperties: { type: "string" } } as const;

const selector: JsonSchema = {
  type: "object",
  description: "Which Dataplanes are the service. At most one of the three.",
  rules: [
    {
      rule: "[has(self.dataplaneTags), has(self.dataplaneLabels), has(self.dataplaneRef)].filter(x, x).size() <= 1",
      message: "must have at most one defined: dataplaneTags, dataplaneLabels, dataplaneRef",
    },
  ],
  properties: {
    dataplaneTags: { ...pairs, description: "Tags that one inbound has to have, all of them." },
    dataplaneLabels: {
      type: "object",
      description: "By labels of the Dataplane.",
      properties: { matchLabels: { ...pairs, description: "Labels that the Dataplane has to have, all of them." } },
    },
    dataplaneRef: {
      type: "object",
      description: "One Dataplane.",
      properties: { name: { type: "string", description: "Name of the Dataplane." } },
    },
  },
};

const badPort = "port must be in the range [1, 65535]";

const namesDiffer: SchemaRule = {
  rule: "self.all(a, !has(a.name) || a.name == '' || self.exists_one(b, has(b.name) && b.name == a.name))",
  message: "names must differ",
};

const properIp: SchemaRule = { rule: "isIP(self) && self != '0.0.0.0' && self != '::'", message: "must be an IP address, and not 0.0.0.0 or ::" };

const port: Readonly<Record<string, JsonSchema>> = {
  name: { type: "string", kubernetes: { maxLength: 63 }, description: "Name of the port, by which `sectionName` means it. Default: its number." },
  port: { type: "integer", description: "The service's port, 1 to 65535. Required.", rules: [{ rule: "self >= 1 && self <= 65535", message: badPort }] },
  targetPort: {
    type: ["integer", "string"],
    description: "The inbound's port (1 to 65535) or its name. Default: `port`.",
    kubernetes: { maxLength: 63 },
    rules: [{ rule: "type(self) == string || (self >= 0 && self <= 65535)", message: badPort }],
  },
  appProtocol: { type: "string", description: "Protocol: http, http2, grpc, tcp, tls, kafka or mysql, in any case. Default: tcp." },
};

/** MeshService: fields as in Kuma 2.14. */
export const meshServiceSchema: JsonSchema = {
  type: "object",
  description: "A destination with ports of its own, made of the Dataplanes that its selector fits.",
  properties: {
    state: {
      type: "string",
      enum: ["Available", "Unavailable"],
      description: "Available or Unavailable, as the one who wrote it sees it. Accepted and kept; endpoints decide.",
    },
    selector,
    ports: {
      type: "array",
      description: "Ports of the service, each once.",
      items: { type: "object", required: ["port"], properties: port },
      kubernetes: { maxItems: 128 },
      listMapKeys: ["port"],
      rules: [namesDiffer],
    },
    vips: {
      type: "array",
      description: "Addresses at which apps call the service where their connections are redirected, IPv4 or IPv6. Default: they call its Dataplanes' own addresses.",
      items: {
        type: "object",
        required: ["ip"],
        properties: { ip: { type: "string", description: "IP address. Required.", kubernetes: { maxLength: 64 }, rules: [properIp] } },
      },
      kubernetes: { maxItems: 128 },
      listMapKeys: ["ip"],
    },
    identities: {
      type: "array",
      description: "Who has to answer for the service where there is mutual TLS: one of these. Default: who its Dataplanes are.",
      items: {
        type: "object",
        required: ["value"],
        properties: {
          type: { type: "string", enum: ["ServiceTag", "SpiffeID"], description: "ServiceTag: the value of the tag kuma.io/service. SpiffeID: the name in the certificate. Default: ServiceTag." },
          value: { type: "string", minLength: 1, description: "The tag's value, or `spiffe://MESH/…`. Required." },
        },
      },
    },
  },
};
