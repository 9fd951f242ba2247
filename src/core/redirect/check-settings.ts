import { redirectFlags } from "./redirect-arguments.ts";
import { sidecarPorts, type RedirectSettings } from "./settings.ts";

/** What cannot be laid, each by the name of its flag. Empty: nothing. */
export function redirectProblems({ inboundPort, outboundPort, statusPort }: RedirectSettings): readonly string[] {
  const taken = new Set([...sidecarPorts, statusPort]);
  const own = (["inboundPort", "outboundPort"] as const).map((name) => {
    const port = { inboundPort, outboundPort }[name];
    return taken.has(port) ? `${redirectFlags[name]}: ${port} is a port of the sidecar that nothing is redirected to` : "";
  });
  const same = inboundPort === outboundPort ? `${redirectFlags.outboundPort}: ${outboundPort} is where connections to the pod go; those of the pod need another one` : "";
  return [...own, same].filter((problem) => problem !== "");
}

/** Settings that change nothing, each by the name of its flag. */
export function inertSettings(settings: RedirectSettings): readonly string[] {
  const { includeInboundPorts: inbound, includeOutboundCidrs: cidrs, includeOutboundPorts: ports } = settings;
  const nothingOut = cidrs !== "*" && cidrs.length === 0 && ports.length === 0;
  const excludesOut = settings.excludeOutboundPorts.length + settings.excludeOutboundCidrs.length > 0;
  return [
    cidrs === "*" && ports.length > 0 ? `${redirectFlags.includeOutboundPorts} changes nothing: every address is redirected, whatever the port; ${redirectFlags.includeOutboundCidrs} narrows that` : "",
    inbound !== "*" && inbound.length === 0 && settings.excludeInboundPorts.length > 0 ? `${redirectFlags.excludeInboundPorts} changes nothing: nothing that comes in is redirected` : "",
    nothingOut && excludesOut ? `what is excluded from outbound changes nothing: nothing that goes out is redirected` : "",
  ].filter((notice) => notice !== "");
}
