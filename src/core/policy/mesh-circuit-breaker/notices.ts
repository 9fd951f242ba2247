import { fieldPath } from "../../base/field-path.ts";
import type { Notice } from "../../base/notice.ts";
import type { Policy } from "../../model/target-ref.ts";
import { sameServiceTwice } from "../same-service-twice.ts";
import type { MeshCircuitBreakerConf, OutlierDetection } from "./conf.ts";
import { meshCircuitBreakerDefaults as defaults } from "./defaults.ts";

/** What may surprise the author of a MeshCircuitBreaker, seen from the policy alone: where it does what he means, and Kuma does not. */
export function meshCircuitBreakerNotices(policy: Policy): readonly Notice[] {
  const { kind, mesh, name, spec } = policy;
  const lists = (["to", "rules", "from"] as const).flatMap((list) => (spec[list] ?? []).map((item, i) => ({ path: `spec.${fieldPath(list, i)}.default.outlierDetection`, item })));
  const found = lists.flatMap(({ path, item }) =>
    surprises(((item.default ?? {}) as MeshCircuitBreakerConf).outlierDetection ?? {}).map(([field, message]): Notice => {
      return { code: "unlike-kuma", about: { kind, mesh, name }, path: `${path}.${field}`, message };
    }),
  );
  return [...sameServiceTwice(policy), ...found];
}

function surprises({ disabled, healthyPanicThreshold, detectors = {} }: OutlierDetection): readonly (readonly [field: string, message: string])[] {
  const { totalFailures, gatewayFailures, localOriginFailures } = detectors;
  const silent = Object.entries({ totalFailures, gatewayFailures, localOriginFailures }).filter(([, detector]) => detector !== undefined && detector.consecutive === undefined);
  return [
    ...(disabled === true && healthyPanicThreshold !== undefined ? [["healthyPanicThreshold", "holds although outlier detection is disabled; in Kuma it does nothing then"] as const] : []),
    ...(disabled === true ? [] : silent.map(([name]) => [`detectors.${name}`, `is on, with ${defaults.consecutive} in a row unless another policy says how many; in Kuma a detector without consecutive is off`] as const)),
  ];
}
