import { withoutEmpty } from "../base/without-empty.ts";
import type { DataplaneSpec, Inbound, Outbound } from "./dataplane.ts";

/** A valid Dataplane's spec in which what protocol buffers take for absent is absent: empty texts and maps, ports of 0. */
export function normalizeDataplane(spec: unknown): DataplaneSpec {
  const { networking } = spec as DataplaneSpec;
  const { inbound, outbound, transparentProxying } = networking;
  return {
    ...(spec as DataplaneSpec),
    networking: {
      ...networking,
      ...(inbound === undefined ? {} : { inbound: inbound.map(normalizeInbound) }),
      ...(outbound === undefined ? {} : { outbound: outbound.map(normalizeOutbound) }),
      ...(transparentProxying === undefined ? {} : { transparentProxying: withoutEmpty(transparentProxying, ["redirectPortInbound", "redirectPortOutbound"]) }),
    },
  };
}

function normalizeInbound(inbound: Inbound): Inbound {
  return withoutEmpty(inbound, ["servicePort", "serviceAddress", "address", "tags", "name", "protocol"]);
}

function normalizeOutbound(outbound: Outbound): Outbound {
  const { backendRef, ...rest } = withoutEmpty(outbound, ["address", "tags"]);
  return backendRef === undefined ? rest : { ...rest, backendRef: withoutEmpty(backendRef, ["name", "namespace", "port", "labels"]) };
}
