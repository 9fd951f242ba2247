import { formatPorts } from "./port-ranges.ts";
import { defaultRedirect, type RedirectSettings } from "./settings.ts";

/** Flags of `probeplane redirect`. */
export const redirectFlags = {
  inboundPort: "--inbound-port",
  outboundPort: "--outbound-port",
  statusPort: "--status-port",
  proxyUid: "--proxy-uid",
  proxyGid: "--proxy-gid",
  includeInboundPorts: "--include-inbound-ports",
  excludeInboundPorts: "--exclude-inbound-ports",
  includeOutboundCidrs: "--include-outbound-cidrs",
  includeOutboundPorts: "--include-outbound-ports",
  excludeOutboundPorts: "--exclude-outbound-ports",
  excludeOutboundCidrs: "--exclude-outbound-cidrs",
  ipFamilyMode: "--ip-family-mode",
} as const satisfies Record<keyof RedirectSettings, string>;

/** What an init container gives `probeplane redirect` for these settings: nothing that is the default. Without a family mode it is that of the pod's addresses. */
export function redirectArguments(settings: Partial<RedirectSettings>): readonly string[] {
  const names = Object.keys(redirectFlags) as (keyof RedirectSettings)[];
  return names.flatMap((name) => {
    const value = settings[name];
    if (value === undefined) return [];
    const text = textOf(value);
    return name !== "ipFamilyMode" && text === textOf(defaultRedirect[name]) ? [] : [`${redirectFlags[name]}=${text}`];
  });
}

function textOf(value: RedirectSettings[keyof RedirectSettings]): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.toLowerCase();
  return value.map((each) => (typeof each === "string" ? each : formatPorts([each]))).join(",");
}
