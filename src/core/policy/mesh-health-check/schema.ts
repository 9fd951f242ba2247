import type { JsonSchema } from "../../base/json-schema.ts";
import { targetRefSchema } from "../target-ref-schema.ts";

const maxInt32 = 2_147_483_647;

function duration(description: string): JsonSchema {
  return { type: "string", format: "duration", description };
}

function threshold(description: string): JsonSchema {
  return { type: "integer", maximum: maxInt32, description };
}

function flag(description: string): JsonSchema {
  return { type: "boolean", description };
}

function headerList(description: string): JsonSchema {
  const name: JsonSchema = {
    type: "string",
    minLength: 1,
    maxLength: 256,
    pattern: "^[a-z0-9!#$%&'*+\\-.^_\\x60|~]+$",
    description: "Name of the header, in lower case.",
  };
  const value: JsonSchema = { type: "string", description: "Value of the header." };
  return { type: "array", maxItems: 16, description, items: { type: "object", required: ["name", "value"], properties: { name, value } } };
}

const tcp: JsonSchema = {
  type: "object",
  description: "TCP check. Used for tcp services, and for http, http2 and grpc services whose own block is there and disabled.",
  properties: {
    disabled: flag("True: no TCP check. Default: false."),
    send: {
      type: "string",
      description: "Base64 of the bytes to send once connected (with the setting compatibility.tcpPayload `text`: the text itself). Default: nothing, connecting is enough.",
    },
    receive: {
      type: "array",
      items: { type: "string" },
      description: "Base64 of blocks of bytes that must come back, in this order, not necessarily adjacent. Default: none.",
    },
  },
};

const http: JsonSchema = {
  type: "object",
  description: "HTTP check, for http and http2 services. It uses the HTTP version of the traffic: HTTP/2 between proxies of the mesh, for an external service HTTP/1.1 (http) or HTTP/2 (http2).",
  properties: {
    disabled: flag("True: no HTTP check; the `tcp` block is used instead, if there is one. Default: false."),
    path: { type: "string", description: "Path to request, not empty. Default: `/`." },
    requestHeadersToAdd: {
      type: "object",
      description: "Headers of each check's request.",
      properties: {
        set: headerList("Headers that replace what is there. A value is sent whole, commas included."),
        add: headerList("Headers that are added to what is there. A value is split at each comma, into a header each."),
      },
    },
    expectedStatuses: {
      type: "array",
      items: { type: "integer" },
      description: "Response statuses that pass, each in [100, 599]. Default: only 200.",
    },
  },
};

const grpc: JsonSchema = {
  type: "object",
  description: "gRPC check (grpc.health.v1), for grpc services.",
  properties: {
    disabled: flag("True: no gRPC check; the `tcp` block is used instead, if there is one. Default: false."),
    serviceName: { type: "string", description: "Service to ask for. Default: empty, the server as a whole." },
    authority: { type: "string", description: "The request's `:authority`. Default: the cluster's name; for an external service the server's name." },
  },
};

const conf: JsonSchema = {
  type: "object",
  description: "How the destination is checked. At least one of http, tcp and grpc; what is not set is left to other policies, then to the defaults.",
  properties: {
    interval: duration("Time between two checks of an endpoint. At least 1ms. Default: 1m."),
    timeout: duration("Time to wait for an answer. At least 1ms. Default: 15s."),
    unhealthyThreshold: threshold("Consecutive unhealthy checks before an endpoint is unhealthy. Greater than 0. Default: 5."),
    healthyThreshold: threshold("Consecutive healthy checks before an endpoint is healthy again. Greater than 0. Default: 1."),
    initialJitter: duration("The first check starts after a random time between 0 and this. At least 1ms. Default: none."),
    intervalJitter: duration("A random time between 0 and this is added to each wait. At least 1ms. Default: none."),
    intervalJitterPercent: {
      type: "integer",
      description: "A random part of up to this percentage of the interval is added to each wait, beside intervalJitter. 0 to 100. Default: none.",
    },
    healthyPanicThreshold: {
      type: ["integer", "string"],
      description:
        "Percentage of healthy endpoints below which traffic goes to all of them, healthy or not (panic mode); 0 disables that. 0 to 100, decimals as a string (`\"62.9\"`). Default: 50, Envoy's.",
    },
    failTrafficOnPanic: flag("True: in panic mode requests fail rather than go to all endpoints. Default: false."),
    noTrafficInterval: duration("Time between two checks while the destination has never had traffic; it then beats `interval`. At least 1ms. Default: 1m."),
    eventLogPath: {
      type: "string",
      description: "File on the proxy's machine for health check events: an absolute path in a folder that exists. Empty: no log, also when another policy asks for one. Default: no log.",
    },
    alwaysLogHealthCheckFailures: flag("True: every failed check is an event, not only the first of a row. Default: false."),
    reuseConnection: flag("True: a connection is kept between checks. Default: true."),
    tcp,
    http,
    grpc,
  },
};

/** MeshHealthCheck's spec: what Kuma 2.2 documents and what Kuma 2.14 accepts. */
export const meshHealthCheckSchema: JsonSchema = {
  type: "object",
  description: "Says how proxies check the health of the services that they call.",
  properties: {
    targetRef: targetRefSchema("The proxies that do the checks. Default: all of the mesh."),
    to: {
      type: "array",
      description: "Destinations, and how each is checked.",
      items: {
        type: "object",
        required: ["targetRef"],
        properties: { targetRef: targetRefSchema("The services that are checked."), default: conf },
      },
    },
  },
};
