import type { JsonSchema, SchemaRule } from "../../base/json-schema.ts";
import { policySchema } from "../policy-schema.ts";
import { grpcSchema, httpSchema } from "./request-schema.ts";

const tcp: JsonSchema = {
  type: "object",
  description: "Connections, for services that are not HTTP.",
  properties: {
    maxConnectAttempt: {
      type: "integer",
      maximum: 4_294_967_295,
      description: "How often a connection is attempted in all, the first time included. Greater than 0. Default: 1.",
      rules: [{ rule: "self > 0", message: "must be greater than 0" }],
    },
  },
  rules: [{ rule: "has(self.maxConnectAttempt)", message: "must not be empty" }],
};

const conf: JsonSchema = {
  type: "object",
  description: "What is tried again. At least one of tcp, http and grpc; what is not set is left to other policies, then to the defaults.",
  properties: { tcp, http: httpSchema, grpc: grpcSchema },
};

const someBlock: SchemaRule = {
  rule: "has(self.default) && (has(self.default.tcp) || has(self.default.http) || has(self.default.grpc))",
  message: "at least one of the 'tcp', 'http', 'grpc' must be specified",
  fieldPath: ".default",
};

/** MeshRetry's spec as in Kuma 2.14; `retryOn` takes Envoy's own words and plain numbers as well. */
export const meshRetrySchema: JsonSchema = policySchema({
  description: "Says what proxies try again of what they send to services.",
  targetRef: "The proxies that try again. Default: all of the mesh.",
  to: { description: "Destinations, and what is tried again there.", targetRef: "The services that are called.", conf, itemRules: [someBlock] },
});
