import { fieldPath } from "../../base/field-path.ts";
import { asNumber, asObject, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";
import { checkField, decimalPercentProblem, percentProblem, positiveDurationProblem, readDecimal } from "../field-checks.ts";
import type { FieldCheck } from "../field-checks.ts";

type Fields = Readonly<Record<string, unknown>>;
type Checks = readonly (readonly [field: string, check: FieldCheck])[];

export const detectorNames = ["totalFailures", "gatewayFailures", "localOriginFailures", "successRate", "failurePercentage"] as const;

const limitChecks: Checks = ["maxConnections", "maxConnectionPools", "maxPendingRequests", "maxRetries", "maxRequests"].map((field) => [field, positiveProblem] as const);

const outlierChecks: Checks = [
  ["interval", positiveDurationProblem],
  ["baseEjectionTime", positiveDurationProblem],
  ["maxEjectionPercent", percentProblem],
  ["healthyPanicThreshold", decimalPercentProblem],
];

const consecutiveChecks: Checks = [["consecutive", positiveProblem]];
const volumeChecks: Checks = [["minimumHosts", positiveProblem], ["requestVolume", positiveProblem]];

const detectorChecks: Readonly<Record<(typeof detectorNames)[number], Checks>> = {
  totalFailures: consecutiveChecks,
  gatewayFailures: consecutiveChecks,
  localOriginFailures: consecutiveChecks,
  successRate: [...volumeChecks, ["standardDeviationFactor", factorProblem]],
  failurePercentage: [...volumeChecks, ["threshold", percentProblem]],
};

/** What is wrong with a `default` beyond its shape, in the rules and texts of Kuma 2.14. `path` is where it stands. */
export function validateConf(written: unknown, path: string): readonly Violation[] {
  const conf = written === undefined ? {} : asObject(written);
  if (conf === undefined) return [];
  const [limits, outliers] = [ownField(conf, "connectionLimits"), ownField(conf, "outlierDetection")];
  if (limits === undefined && outliers === undefined) {
    return [{ path, message: "at least one of: 'connectionLimits' or 'outlierDetection' should be configured" }];
  }
  return [
    ...problems(limitChecks, asObject(limits), fieldPath(path, "connectionLimits")),
    ...validateOutliers(asObject(outliers), fieldPath(path, "outlierDetection")),
  ];
}

/**
 * Detectors have to be there, as Kuma has it, except where nothing would be detected anyway: with `disabled: true`, and where all that is
 * meant is the panic threshold.
 */
function validateOutliers(outliers: Fields | undefined, path: string): readonly Violation[] {
  if (outliers === undefined) return [];
  const found = [...problems(outlierChecks, outliers, path)];
  const at = fieldPath(path, "detectors");
  const written = ownField(outliers, "detectors");
  const isNeeded = ownField(outliers, "disabled") !== true && ownField(outliers, "healthyPanicThreshold") === undefined;
  if (written === undefined) return isNeeded ? [...found, { path: at, message: "must be defined" }] : found;
  const detectors = asObject(written);
  if (detectors === undefined) return found;
  if (!detectorNames.some((name) => ownField(detectors, name) !== undefined)) {
    return [...found, { path: at, message: `must have at least one defined: ${detectorNames.join(", ")}` }];
  }
  return [...found, ...detectorNames.flatMap((name) => problems(detectorChecks[name], asObject(ownField(detectors, name)), fieldPath(at, name)))];
}

function problems(checks: Checks, fields: Fields | undefined, path: string): readonly Violation[] {
  return checks.flatMap(([field, check]) => checkField(fields, field, path, check));
}

function positiveProblem(value: unknown): string | undefined {
  const number = asNumber(value);
  return number !== undefined && number <= 0 ? "must be greater than 0" : undefined;
}

function factorProblem(value: unknown): string | undefined {
  const number = readDecimal(value);
  if (Number.isNaN(number)) return "invalid number";
  return number !== undefined && number <= 0 ? "must be greater than 0" : undefined;
}
