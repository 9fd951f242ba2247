import type { JsonSchema, SchemaRule } from "../../base/json-schema.ts";
import { durationLimits, durationOrZeroRules, durationRules, isDuration } from "../schema-rules.ts";
import { retryOnNames } from "./retry-conditions.ts";
import type { RequestBlock } from "./retry-conditions.ts";

const maxUint32 = 4_294_967_295;

function duration(description: string): JsonSchema {
  return { type: "string", format: "duration", description, kubernetes: durationLimits, rules: durationRules };
}

/** One of the fields is there. */
function notEmpty(fields: readonly string[]): SchemaRule {
  return { rule: fields.map((field) => `has(self.${field})`).join(" || "), message: "must not be empty" };
}

const backOff: JsonSchema = {
  type: "object",
  description: "How long to wait before a retry: a random time that grows from one to the next. Default: Envoy's 25ms to 250ms.",
  properties: {
    baseInterval: duration("Before the first retry: up to this. At least 1ms. Default: 25ms, or maxInterval where that is less."),
    maxInterval: duration("Never longer than this. Not less than baseInterval. Default: 10 times baseInterval."),
  },
  rules: [
    notEmpty(["baseInterval", "maxInterval"]),
    {
      rule: `!has(self.baseInterval) || !has(self.maxInterval) || !${isDuration("self.baseInterval")} || !${isDuration("self.maxInterval")} || duration(self.maxInterval) >= duration(self.baseInterval)`,
      message: "must not be less than baseInterval",
      fieldPath: ".maxInterval",
    },
  ],
};

const rateLimitedBackOff: JsonSchema = {
  type: "object",
  description: "Waits as long as the answer asks for in a header, where it has one. The answer still has to be one that is tried again: 429 in retryOn, for instance.",
  properties: {
    resetHeaders: {
      type: "array",
      description: "Headers that say how long; the first that is in the answer counts. At least one.",
      kubernetes: { maxItems: 16 },
      items: {
        type: "object",
        required: ["name", "format"],
        properties: {
          name: { type: "string", kubernetes: { maxLength: 256, pattern: "^([a-zA-Z0-9!#$%&'*+\\-.^_\\x60|~]+)?$" }, description: "Name of the header.", rules: [{ rule: "size(self) > 0", message: "must be defined" }] },
          format: { type: "string", enum: ["Seconds", "UnixTimestamp"], description: "What is in it: Seconds (as `retry-after` has them), or the UnixTimestamp of when to try again." },
        },
      },
    },
    maxInterval: duration("A header that asks for more is passed over. At least 1ms. Default: 300s."),
  },
  rules: [{ rule: "has(self.resetHeaders) && size(self.resetHeaders) > 0", message: "must be defined", fieldPath: ".resetHeaders" }],
};

function headerMatches(description: string): JsonSchema {
  return {
    type: "array",
    description,
    kubernetes: { maxItems: 32 },
    items: {
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 1, maxLength: 256, pattern: "^[a-z0-9!#$%&'*+\\-.^_\\x60|~]+$", description: "Name of the header, in lower case." },
        type: {
          type: "string",
          enum: ["Exact", "Prefix", "RegularExpression", "Present", "Absent"],
          description: "How it is looked at: the value as a whole (Exact), its beginning, an expression in RE2's syntax that fits the whole value, that it is there, that it is not. Default: Exact.",
        },
        value: { type: "string", kubernetes: { maxLength: 1024 }, description: "Value, beginning or expression; for Present and Absent none." },
      },
      rules: [
        {
          rule: "(has(self.type) && self.type in ['Present', 'Absent']) || (has(self.value) && (size(self.value) > 0 || !has(self.type) || self.type == 'Exact'))",
          message: "must be defined",
          fieldPath: ".value",
        },
      ],
    },
  };
}

function retryOn(block: RequestBlock, description: string): JsonSchema {
  const names = retryOnNames(block).map((name) => `'${name.toLowerCase()}'`).join(", ");
  const known = block === "http" ? `type(self) == int ? (self >= 100 && self <= 599) : (self.lowerAscii() in [${names}] || self.matches('^[1-5][0-9][0-9]$'))` : `self.lowerAscii() in [${names}]`;
  const text = block === "http" ? "string(self)" : "self";
  return {
    type: "array",
    description,
    kubernetes: { maxItems: 64 },
    items: {
      ...(block === "http" ? { type: ["integer", "string"] } : { type: "string" }),
      kubernetes: { maxLength: 64 },
      rules: [{ rule: known, message: "unknown item", messageExpression: `"unknown item '" + ${text} + "'"` }],
    },
  };
}

const hostSelection: JsonSchema = {
  type: "array",
  description: "Which endpoints are left out in a retry. Default: none.",
  kubernetes: { maxItems: 16 },
  items: {
    type: "object",
    required: ["predicate"],
    properties: {
      predicate: {
        type: "string",
        kubernetes: { maxLength: 64 },
        description: "OmitPreviousHosts: endpoints that were tried. OmitHostsWithTags: endpoints that have all of `tags`. OmitPreviousPriorities: priorities that were tried; once at most.",
        rules: [
          {
            rule: "self in ['OmitPreviousHosts', 'OmitHostsWithTags', 'OmitPreviousPriorities']",
            message: "unknown predicate type",
            messageExpression: "\"unknown predicate type '\" + self + \"'\"",
          },
        ],
      },
      tags: { type: "object", additionalProperties: { type: "string", kubernetes: { maxLength: 253 } }, kubernetes: { maxProperties: 64 }, description: "OmitHostsWithTags: tags of an inbound; `kuma.io/service` says nothing here." },
      updateFrequency: {
        type: "integer",
        maximum: 2_147_483_647,
        description: "OmitPreviousPriorities: after how many tries what is left out is worked out anew. Greater than 0. Default: 2.",
      },
    },
    rules: [
      { rule: "self.predicate != 'OmitHostsWithTags' || (has(self.tags) && size(self.tags) > 0)", message: "must be defined", fieldPath: ".tags" },
      { rule: "self.predicate != 'OmitPreviousPriorities' || !has(self.updateFrequency) || self.updateFrequency > 0", message: "must be defined and greater than zero", fieldPath: ".updateFrequency" },
    ],
  },
  rules: [
    {
      rule: "self.filter(each, each.predicate == 'OmitPreviousPriorities').size() <= 1",
      message: "OmitPreviousPriorities must only be specified once",
    },
  ],
};

const commonFields: Readonly<Record<string, JsonSchema>> = {
  numRetries: { type: "integer", minimum: 0, maximum: maxUint32, description: "At most so many tries after the first; 0: none, also where another policy or the default has some. Default: 1." },
  perTryTimeout: {
    type: "string",
    format: "duration",
    kubernetes: durationLimits,
    description: "Time for one try, less than the timeout of the request (15s where no MeshTimeout says otherwise). 0: none. Default: none.",
    rules: durationOrZeroRules,
  },
  backOff,
  rateLimitedBackOff,
};

const httpFields: Readonly<Record<string, JsonSchema>> = {
  ...commonFields,
  retryOn: retryOn(
    "http",
    "What is tried again: 5xx, GatewayError, Reset, ResetBeforeRequest, Retriable4xx, ConnectFailure, EnvoyRatelimited, RefusedStream, Http3PostConnectFailure, and the gRPC names; statuses (503); HttpMethodGet and its like limit it to these methods. Envoy's own words (`reset`) and any case mean the same. Default, also beside statuses and methods alone: GatewayError, ConnectFailure, RefusedStream.",
  ),
  retriableRequestHeaders: headerMatches("Only requests in which one of these headers is so are tried again. Default: all."),
  retriableResponseHeaders: headerMatches("Answers in which one of these headers is so are tried again too."),
  hostSelection,
  hostSelectionMaxAttempts: {
    type: "integer",
    maximum: 2_147_483_647,
    description: "How often another endpoint is looked for when hostSelection leaves one out; then whichever came last is used. Greater than 0. Default: 1.",
    rules: [{ rule: "self > 0", message: "must be greater than 0" }],
  },
};

const grpcFields: Readonly<Record<string, JsonSchema>> = {
  ...commonFields,
  retryOn: retryOn(
    "grpc",
    "What is tried again: Canceled, DeadlineExceeded, Internal, ResourceExhausted, Unavailable, and of the http names those that are no status, method or header. Envoy's own words (`reset`) and any case mean the same. Default: Canceled, ConnectFailure, GatewayError, RefusedStream, Reset, ResourceExhausted, Unavailable.",
  ),
};

export const httpSchema: JsonSchema = {
  type: "object",
  description: "Requests to http and http2 services.",
  properties: httpFields,
  rules: [notEmpty(Object.keys(httpFields))],
};

export const grpcSchema: JsonSchema = {
  type: "object",
  description: "Calls to grpc services.",
  properties: grpcFields,
  rules: [notEmpty(Object.keys(grpcFields))],
};
