import { deepFreeze } from "../base/deep-freeze.ts";
import type { Notice } from "../base/notice.ts";
import type { Dataplane, Inbound } from "../model/dataplane.ts";

/** Whether connections to an inbound go past its proxy: all others are redirected to it, those are not. The app itself answers them. */
export function isDirect({ spec }: Dataplane, { port }: Pick<Inbound, "port">): boolean {
  const { redirectPortInbound, excludedInboundPorts = [] } = spec.networking.transparentProxying ?? {};
  return redirectPortInbound !== undefined && excludedInboundPorts.includes(port);
}

const none: readonly Notice[] = Object.freeze([]);

/** Says what does not hold there: nobody would look for it at the callers. */
export function directInboundNotices(dataplane: Dataplane): readonly Notice[] {
  const { kind, mesh, name, spec } = dataplane;
  if ((spec.networking.transparentProxying?.excludedInboundPorts ?? []).length === 0) return none;
  return deepFreeze((spec.networking.inbound ?? []).flatMap((inbound, i): readonly Notice[] => {
    if (inbound.state === "Ignored" || !isDirect(dataplane, inbound)) return [];
    const message = `port ${inbound.port} is not redirected: callers reach the app past its proxy, as plain TCP without mutual TLS, and no policy for what comes in holds there`;
    return [{ code: "inert-setting", about: { kind, mesh, name }, path: `networking.inbound[${i}]`, message }];
  }));
}
