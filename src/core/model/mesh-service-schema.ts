import type { JsonSchema } from "../base/json-schema.ts";

const pairs = { type: "object", additionalProperties: { type: "string" } } as const;

const selector: JsonSchema = {
  type: "object",
  description: "Which Dataplanes are the service. At most one of the three.",
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

const port: Readonly<Record<string, JsonSchema>> = {
  name: { type: "string", description: "Name of the port, by which `sectionName` means it. Default: its number." },
  port: { type: "integer", description: "The service's port, 1 to 65535. Required." },
  targetPort: { type: ["integer", "string"], description: "The inbound's port (1 to 65535) or its name. Default: `port`." },
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
    ports: { type: "array", description: "Ports of the service, each once.", items: { type: "object", required: ["port"], properties: port } },
    vips: {
      type: "array",
      description: "Addresses at which apps call the service where their connections are redirected, IPv4 or IPv6. Default: they call its Dataplanes' own addresses.",
      items: { type: "object", required: ["ip"], properties: { ip: { type: "string", description: "IP address. Required." } } },
    },
    identities: {
      type: "array",
      description: "Identities of the service. Accepted and kept; not acted on yet.",
      items: { type: "object", additionalProperties: true },
    },
  },
};
