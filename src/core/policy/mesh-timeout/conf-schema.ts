import type { JsonSchema, SchemaRule } from "../../base/json-schema.ts";
import { durationLimits, durationOrZeroRules, durationRules } from "../schema-rules.ts";
import { fieldsWithoutCallers, httpFields, someHttpText, someTimeoutText, unconditionalText } from "./validate-conf.ts";

function durationOrZero(description: string): JsonSchema {
  return { type: "string", format: "duration", description, kubernetes: durationLimits, rules: durationOrZeroRules };
}

function oneOf(fields: readonly string[]): string {
  return fields.map((field) => `has(self.${field})`).join(" || ");
}

const http: JsonSchema = {
  type: "object",
  description: "Of requests; for http, http2 and grpc. At least one.",
  properties: {
    requestTimeout: durationOrZero("From the whole request until the whole answer, retries included; then the caller gets 504. 0: no limit, as streams need it. Default: 15s for `to`, none for what comes in."),
    streamIdleTimeout: durationOrZero("A request or answer in which nothing moves for so long is ended (408 or 504). 0: no limit. Default: 30m for `to`, 1h for what comes in."),
    maxStreamDuration: durationOrZero("The longest that a request and its answer may last, counted on the side that asks. 0: no limit. Default: none."),
    maxConnectionDuration: durationOrZero("After so long no further request is sent on a connection, and it is closed when the last has its answer. 0: no limit. Default: none."),
    requestHeadersTimeout: durationOrZero("Until all headers of a request are there; then the client gets 408. Changing it changes the listener. 0: no limit. Default: none."),
  },
  rules: [{ rule: oneOf(httpFields), message: someHttpText }],
};

/** `default` of an item, wherever it stands. */
export const confSchema: JsonSchema = {
  type: "object",
  description: "Timeouts. At least one; what is not set is left to other policies, then to the default.",
  properties: {
    connectionTimeout: {
      type: "string",
      format: "duration",
      description: "Until a connection to the endpoint, or to the app, is there. At least 1ms. Default: 5s.",
      kubernetes: durationLimits,
      rules: durationRules,
    },
    idleTimeout: durationOrZero(
      "HTTP: a connection without a request is closed after so long. For `rules` it should be less than the app's own keep-alive, else a request meets a connection that the app is closing (503, flag UC). TCP: a connection on which no byte moves; changing it changes the listener. 0: no limit. Default: 1h.",
    ),
    http,
  },
  rules: [{ rule: oneOf(["connectionTimeout", "idleTimeout", "http"]), message: someTimeoutText }],
};

/** What cannot depend on who calls, because a connection has it before anybody is asked who he is. */
export const callerRules: readonly SchemaRule[] = fieldsWithoutCallers.map((field) => ({
  rule: `!has(self.matches) || !self.matches.exists(m, has(m.spiffeID)) || !has(self.default) || !${isSet(field)}`,
  message: unconditionalText,
  fieldPath: `.default.${field}`,
}));

function isSet(field: string): string {
  const [block = "", inner] = field.split(".");
  return inner === undefined ? `has(self.default.${block})` : `(has(self.default.${block}) && has(self.default.${field}))`;
}
