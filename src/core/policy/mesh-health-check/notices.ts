import { fieldPath } from "../../base/field-path.ts";
import { formatGoDuration } from "../../base/duration.ts";
import type { Notice, NoticeCode } from "../../base/notice.ts";
import type { Policy } from "../../model/target-ref.ts";
import { durationMs } from "../duration-ms.ts";
import { sameServiceTwice } from "../same-service-twice.ts";
import type { MeshHealthCheckConf } from "./conf.ts";
import { meshHealthCheckDefaults as defaults } from "./defaults.ts";

/** What may surprise the author of a MeshHealthCheck, seen from the policy alone. */
export function meshHealthCheckNotices(policy: Policy): readonly Notice[] {
  const { kind, mesh, name } = policy;
  const found: Notice[] = [];
  const tell = (code: NoticeCode, path: string, message: string) => found.push({ code, about: { kind, mesh, name }, path, message });
  (policy.spec.to ?? []).forEach((item, i) => {
    const path = `spec.${fieldPath("to", i)}`;
    const conf = (item.default ?? {}) as MeshHealthCheckConf;
    tellIntervals(conf, `${path}.default`, tell);
    tellGrpcThreshold(conf, `${path}.default`, tell);
  });
  return [...found, ...sameServiceTwice(policy)];
}

type Tell = (code: NoticeCode, path: string, message: string) => void;

function tellIntervals(conf: MeshHealthCheckConf, path: string, tell: Tell): void {
  const intervalMs = durationMs(conf.interval) ?? defaults.intervalMs;
  const noTrafficIntervalMs = durationMs(conf.noTrafficInterval) ?? defaults.noTrafficIntervalMs;
  if (noTrafficIntervalMs <= intervalMs) return;
  const source = conf.noTrafficInterval === undefined ? "the default" : "set here";
  const times = `every ${formatGoDuration(noTrafficIntervalMs)} (noTrafficInterval, ${source}) instead of every ${formatGoDuration(intervalMs)}`;
  tell("no-traffic-interval", `${path}.noTrafficInterval`, `until the destination has had its first traffic it is checked ${times}`);
}

function tellGrpcThreshold(conf: MeshHealthCheckConf, path: string, tell: Tell): void {
  if (conf.grpc === undefined || conf.grpc.disabled === true) return;
  if ((conf.unhealthyThreshold ?? defaults.unhealthyThreshold) <= 1) return;
  const what = "for gRPC checks Envoy counts only timeouts and failed connections; an answer other than SERVING makes an endpoint unhealthy at once";
  tell("grpc-threshold", `${path}.unhealthyThreshold`, what);
}
