import type { Protocol } from "../../model/plan.ts";
import type { CheckBlock, MeshHealthCheckConf } from "./conf.ts";

export type CheckKind = "http" | "tcp" | "grpc";

/**
 * How a destination is checked, exactly as MeshHealthCheck decides it in every Kuma from 2.2 on: the most specific block for the
 * destination's protocol; TCP instead only when that block is there and disabled. An absent block is no fallback.
 */
export function chooseCheck(conf: MeshHealthCheckConf, protocol: Protocol): CheckKind | undefined {
  switch (protocol) {
    case "http":
    case "http2":
      return specificOrTcp("http", conf.http, conf.tcp);
    case "grpc":
      return specificOrTcp("grpc", conf.grpc, conf.tcp);
    case "tcp":
      return isOn(conf.tcp) ? "tcp" : undefined;
    default:
      return undefined;
  }
}

function specificOrTcp(kind: CheckKind, specific: CheckBlock | undefined, tcp: CheckBlock | undefined): CheckKind | undefined {
  if (specific === undefined) return undefined;
  if (isOn(specific)) return kind;
  return isOn(tcp) ? "tcp" : undefined;
}

function isOn(block: CheckBlock | undefined): boolean {
  return block !== undefined && block.disabled !== true;
}
