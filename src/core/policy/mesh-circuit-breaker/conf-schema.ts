import type { JsonSchema, SchemaRule } from "../../base/json-schema.ts";
import { durationLimits, durationRules, rangeRules } from "../schema-rules.ts";
import { detectorNames } from "./validate-conf.ts";

const maxInt32 = 2_147_483_647;

function duration(description: string): JsonSchema {
  return { type: "string", format: "duration", description, kubernetes: durationLimits, rules: durationRules };
}

function count(description: string): JsonSchema {
  return { type: "integer", maximum: maxInt32, description, rules: [{ rule: "self > 0", message: "must be greater than 0" }] };
}

function percent(description: string): JsonSchema {
  return { type: "integer", description, rules: rangeRules(0, 100) };
}

const number = "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$";

function decimal(description: string, rules: readonly SchemaRule[]): JsonSchema {
  return { type: ["integer", "string"], kubernetes: { maxLength: 64 }, description, rules };
}

const panicThresholdRules: readonly SchemaRule[] = [
  { rule: `type(self) != string || self.matches('${number}')`, message: "string must be a valid number" },
  {
    rule: `type(self) == string ? (!self.matches('${number}') || (double(self) >= 0.0 && double(self) <= 100.0)) : (self >= 0 && self <= 100)`,
    message: "must be in inclusive range [0.0, 100.0]",
  },
];

const factorRules: readonly SchemaRule[] = [
  { rule: `type(self) != string || self.matches('${number}')`, message: "invalid number" },
  { rule: `type(self) == string ? (!self.matches('${number}') || double(self) > 0.0) : self > 0`, message: "must be greater than 0" },
];

const connectionLimits: JsonSchema = {
  type: "object",
  description: "How much may be under way at once, counted by each proxy for itself. What is above fails at once (503, flag UO). A field that is not set is left to other policies, then to Envoy.",
  properties: {
    maxConnections: count("Connections. Greater than 0. Binds TCP; HTTP/2 between proxies has many requests on few connections, so that maxRequests binds there. Default: 1024."),
    maxConnectionPools: count("Connection pools. Greater than 0. Default: any number."),
    maxPendingRequests: count("Requests that wait for a connection; for TCP, connections that are being opened. Greater than 0. Default: 1024."),
    maxRetries: count("Retries under way. Greater than 0. Default: 3, which is little where many requests are tried again."),
    maxRequests: count("Requests under way; not for TCP. Greater than 0. Default: 1024."),
  },
};

function consecutive(description: string): JsonSchema {
  return { type: "object", description, properties: { consecutive: count("How many in a row. Greater than 0. Default: 5.") } };
}

const minimumHosts = count("With fewer endpoints that have had enough requests, nobody is taken out by this. Greater than 0. Default: 5.");

const detectors: JsonSchema = {
  type: "object",
  description: "What takes an endpoint out; a detector that is not there is off. At least one.",
  properties: {
    totalFailures: consecutive("5xx answers and failures to reach it, in a row; for TCP, connections that failed. With splitExternalAndLocalErrors only the answers."),
    gatewayFailures: consecutive("502, 503 and 504 answers, and failures to reach it, in a row. With splitExternalAndLocalErrors only the answers."),
    localOriginFailures: consecutive("Failures to reach it (refused, timeout, reset) in a row. Only with splitExternalAndLocalErrors."),
    successRate: {
      type: "object",
      description: "Its share of successful answers is far below that of the others.",
      properties: {
        minimumHosts,
        requestVolume: count("Requests that an endpoint has to have had within an interval. Greater than 0. Default: 100."),
        standardDeviationFactor: decimal("How many standard deviations below the mean are too far. Greater than 0, decimals as a string (`\"1.5\"`). Default: 1.9.", factorRules),
      },
    },
    failurePercentage: {
      type: "object",
      description: "Its share of failed answers is too high, whatever that of the others.",
      properties: {
        minimumHosts,
        requestVolume: count("Requests that an endpoint has to have had within an interval. Greater than 0. Default: 50."),
        threshold: percent("From this share of failures on. 0 to 100. Default: 85."),
      },
    },
  },
  rules: [{ rule: detectorNames.map((name) => `has(self.${name})`).join(" || "), message: `must have at least one defined: ${detectorNames.join(", ")}` }],
};

const outlierDetection: JsonSchema = {
  type: "object",
  description: "Takes endpoints out for a while by how they answer traffic, beside the active checks of a MeshHealthCheck; one that passes its checks stays out for its time all the same.",
  properties: {
    disabled: { type: "boolean", description: "True: nobody is taken out, whatever other policies say; the panic threshold still holds. Default: false." },
    interval: duration("Time between two looks at rates, and at who may come back. At least 1ms. Default: 10s."),
    baseEjectionTime: duration("An endpoint is out for this, times how often it was taken out; 5m at most, or this if it is longer. At least 1ms. Default: 30s."),
    maxEjectionPercent: percent("Share of the endpoints that may be out. One may be in any case, however few there are; with 0 none. 0 to 100. Default: 10."),
    splitExternalAndLocalErrors: { type: "boolean", description: "True: failures to reach an endpoint are counted apart from its answers. Default: false." },
    healthyPanicThreshold: decimal(
      "Percentage of healthy endpoints below which traffic goes to all of them, out or not (panic mode); 0 disables that. Counts more than that of a MeshHealthCheck, and also with `disabled: true` and without detectors. 0 to 100, decimals as a string (`\"62.9\"`). Default: 50, Envoy's.",
      panicThresholdRules,
    ),
    detectors,
  },
  rules: [{ rule: "has(self.detectors) || has(self.healthyPanicThreshold) || (has(self.disabled) && self.disabled)", message: "must be defined", fieldPath: ".detectors" }],
};

/** `default` of an item, wherever it stands. */
export const confSchema: JsonSchema = {
  type: "object",
  description: "Limits and passive checks. At least one of connectionLimits and outlierDetection; what is not set is left to other policies, then to Envoy.",
  properties: { connectionLimits, outlierDetection },
  rules: [{ rule: "has(self.connectionLimits) || has(self.outlierDetection)", message: "at least one of: 'connectionLimits' or 'outlierDetection' should be configured" }],
};
