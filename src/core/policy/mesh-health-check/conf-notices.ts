import type { PlanContext, ConfNotice } from "../kind.ts";
import type { Protocol } from "../../model/plan.ts";
import { planMeshHealthCheck } from "./plan.ts";
import type { CheckBlock, MeshHealthCheckConf } from "./conf.ts";

/** What may surprise about a conf that was merged for a destination: that it gives no check, or one that sees less than it seems to. */
export function meshHealthCheckConfNotices(conf: MeshHealthCheckConf, context: PlanContext): readonly ConfNotice[] {
  const check = planMeshHealthCheck(conf, context).healthCheck?.check;
  if (check === undefined) {
    const why = `the protocol is ${context.protocol} and ${whyNone(conf, context.protocol)}`;
    return [{ code: "no-applicable-protocol", message: `no check, because ${why}` }];
  }
  if (context.external !== true && check.kind === "tcp" && check.sendHex === undefined && check.receiveHex.length === 0) {
    const what = "a TCP check without send and receive only connects, and a peer's sidecar accepts whether or not its app listens";
    return [{ code: "connect-only-behind-sidecar", message: `${what}; send and receive ask the app` }];
  }
  return [];
}

function whyNone(conf: MeshHealthCheckConf, protocol: Protocol): string {
  switch (protocol) {
    case "http":
    case "http2":
      return whyNeither("http", conf.http, conf.tcp);
    case "grpc":
      return whyNeither("grpc", conf.grpc, conf.tcp);
    case "tcp":
      return conf.tcp === undefined ? "there is no tcp block" : "tcp is disabled";
    case "unknown":
      return "a check needs to know it: give every inbound the tag kuma.io/protocol, or the MeshService port an appProtocol";
    default:
      return "there is no check for it";
  }
}

function whyNeither(name: string, specific: CheckBlock | undefined, tcp: CheckBlock | undefined): string {
  if (specific === undefined && tcp === undefined) return `there is no ${name} block`;
  if (specific === undefined) return `there is no ${name} block; tcp is used instead only where ${name} is there with disabled: true`;
  return tcp === undefined ? `${name} is disabled and there is no tcp block to fall back to` : `${name} and tcp are both disabled`;
}
