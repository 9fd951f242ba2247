import type { JsonSchema, SchemaRule } from "../../base/json-schema.ts";
import { durationRules, durationLimits, positiveRules, rangeRules } from "../schema-rules.ts";
import { targetRefSchema } from "../target-ref-schema.ts";

const maxInt32 = 2_147_483_647;

function duration(description: string): JsonSchema {
  return { type: "string", format: "duration", description, kubernetes: durationLimits, rules: durationRules };
}

function threshold(description: string): JsonSchema {
  return { type: "integer", maximum: maxInt32, description, rules: positiveRules };
}

function flag(description: string): JsonSchema {
  return { type: "boolean", description };
}

const noLineBreaks: SchemaRule = { rule: "!self.matches('[\\\\x00\\\\r\\\\n]')", message: "must not contain line breaks or NUL" };
const notEmpty: SchemaRule = { rule: "size(self) > 0", message: "must not be empty" };

function headerList(description: string): JsonSchema {
  const name: JsonSchema = {
    type: "string",
    minLength: 1,
    maxLength: 256,
    pattern: "^[a-z0-9!#$%&'*+\\-.^_\\x60|~]+$",
    description: "Name of the header, in lower case.",
  };
  const value: JsonSchema = { type: "string", description: "Value of the header.", kubernetes: { pattern: "^[^\\x00\\r\\n]*$" } };
  return { type: "array", maxItems: 16, description, listMapKeys: ["name"], items: { type: "object", required: ["name", "value"], properties: { name, value } } };
}

const tcp: JsonSchema = {
  type: "object",
  description: "TCP check. Used for tcp services, and for http, http2 and grpc services whose own block is there and disabled.",
  properties: {
    disabled: flag("True: no TCP check. Default: false."),
    send: {
      type: "string",
      description: "Base64 of the bytes to send once connected (with the setting compatibility.tcpPayload `text`: the text itself). Default: nothing, connecting is enough.",
      rules: [notEmpty],
    },
    receive: {
      type: "array",
      items: { type: "string", rules: [notEmpty] },
      kubernetes: { maxItems: 64 },
      description: "Base64 of blocks of bytes that must come back, in this order, not necessarily adjacent. Default: none.",
    },
  },
};

const http: JsonSchema = {
  type: "object",
  description: "HTTP check, for http and http2 services. It uses the HTTP version of the traffic: HTTP/2 between proxies of the mesh, for an external service HTTP/1.1 (http) or HTTP/2 (http2).",
  properties: {
    disabled: flag("True: no HTTP check; the `tcp` block is used instead, if there is one. Default: false."),
    path: {
      type: "string",
      description: "Path to request, not empty. Default: `/`.",
      kubernetes: { maxLength: 2048 },
      rules: [
        { rule: "size(self) > 0", message: "must be defined" },
        { rule: "!self.matches('[\\\\x00-\\\\x08\\\\x0a-\\\\x1f\\\\x7f]')", message: "must not contain control characters" },
      ],
    },
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
      items: { type: "integer", rules: rangeRules(100, 599) },
      kubernetes: { maxItems: 500 },
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
    authority: { type: "string", description: "The request's `:authority`. Default: the cluster's name; for an external service the server's name.", kubernetes: { maxLength: 1024 }, rules: [noLineBreaks] },
  },
};

const number = "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$";
const panicThresholdRules: readonly SchemaRule[] = [
  { rule: `type(self) != string || self.matches('${number}')`, message: "string must be a valid number" },
  {
    rule: `type(self) == string ? (!self.matches('${number}') || (double(self) >= 0.0 && double(self) <= 100.0)) : (self >= 0 && self <= 100)`,
    message: "must be in inclusive range [0.0, 100.0]",
  },
];

/** What Kuma takes for one, as an expression within an expression. */
const windowsPath = '^[a-zA-Z]:[\\\\\\\\](?:[^\\\\\\\\/:*?"<>|\\\\r\\\\n]+[\\\\\\\\])*[^\\\\\\\\/:*?"<>|\\\\r\\\\n]*$';

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
      rules: rangeRules(0, 100),
      description: "A random part of up to this percentage of the interval is added to each wait, beside intervalJitter. 0 to 100. Default: none.",
    },
    healthyPanicThreshold: {
      type: ["integer", "string"],
      kubernetes: { maxLength: 64 },
      rules: panicThresholdRules,
      description:
        "Percentage of healthy endpoints below which traffic goes to all of them, healthy or not (panic mode); 0 disables that. 0 to 100, decimals as a string (`\"62.9\"`). Default: 50, Envoy's.",
    },
    failTrafficOnPanic: flag("True: in panic mode requests fail rather than go to all endpoints. Default: false."),
    noTrafficInterval: duration("Time between two checks while the destination has never had traffic; it then beats `interval`. At least 1ms. Default: 1m."),
    eventLogPath: {
      type: "string",
      kubernetes: { maxLength: 1024 },
      rules: [{ rule: `self == '' || (self.startsWith('/') && !self.contains('\\u0000')) || self.matches('${windowsPath}')`, message: "must be a valid path when defined" }],
      description: "File on the proxy's machine for health check events: an absolute path in a folder that exists. Empty: no log, also when another policy asks for one. Default: no log.",
    },
    alwaysLogHealthCheckFailures: flag("True: every failed check is an event, not only the first of a row. Default: false."),
    reuseConnection: flag("True: a connection is kept between checks. Default: true."),
    tcp,
    http,
    grpc,
  },
};

const atLeastOneCheck: SchemaRule = {
  rule: "has(self.default) && (has(self.default.http) || has(self.default.tcp) || has(self.default.grpc))",
  message: "must have at least one defined: http, tcp, grpc",
  fieldPath: ".default",
};

/** MeshHealthCheck's spec: what Kuma 2.2 documents and what Kuma 2.14 accepts. */
export const meshHealthCheckSchema: JsonSchema = {
  type: "object",
  description: "Says how proxies check the health of the services that they call.",
  properties: {
    targetRef: targetRefSchema("top", "The proxies that do the checks. Default: all of the mesh."),
    to: {
      type: "array",
      description: "Destinations, and how each is checked.",
      kubernetes: { maxItems: 1024 },
      items: {
        type: "object",
        required: ["targetRef"],
        properties: { targetRef: targetRefSchema("to", "The services that are checked."), default: conf },
        rules: [atLeastOneCheck],
      },
    },
  },
};
