import { isIpv6Cidr } from "./address-ranges.ts";
import { formatRange, type PortRange } from "./port-ranges.ts";
import { sidecarPorts, type RedirectSettings } from "./settings.ts";

/** Texts for `iptables-restore --noflush` and `ip6tables-restore --noflush`; a family that is not redirected has none. */
export interface RedirectRules {
  readonly v4?: string;
  readonly v6?: string;
}

/** Chains of ours in the table `nat`. A text that declares them empties them first. */
export const inboundChain = "PROBEPLANE_INBOUND";
export const outboundChain = "PROBEPLANE_OUTBOUND";

/** The rules that lead from the kernel's chains into ours, as `iptables-save` writes them. */
export const jumps: readonly string[] = [`-A PREROUTING -p tcp -j ${inboundChain}`, `-A OUTPUT -p tcp -j ${outboundChain}`];

interface Family {
  readonly loopback: string;
  /** Where the sidecar's own connections to the app come from. */
  readonly marked: string;
  readonly includes: (cidr: string) => boolean;
}

const ipv4: Family = { loopback: "127.0.0.0/8", marked: "127.0.0.6/32", includes: (cidr) => !isIpv6Cidr(cidr) };
const ipv6: Family = { loopback: "::1/128", marked: "::6/128", includes: isIpv6Cidr };

/** What redirects a pod's TCP connections to its sidecar, in the form that iptables takes at one go: all of it or nothing. */
export function redirectRules(settings: RedirectSettings): RedirectRules {
  const { ipFamilyMode: mode } = settings;
  return {
    ...(mode === "IPv6" ? {} : { v4: textOf(settings, ipv4) }),
    ...(mode === "IPv4" ? {} : { v6: textOf(settings, ipv6) }),
  };
}

function textOf(settings: RedirectSettings, family: Family): string {
  const chains = [inboundChain, outboundChain].map((chain) => `:${chain} - [0:0]`);
  const inbound = inboundRules(settings).map((rule) => `-A ${inboundChain} -p tcp ${rule}`);
  const outbound = outboundRules(settings, family).map((rule) => `-A ${outboundChain} -p tcp ${rule}`);
  return [`*nat`, ...chains, ...jumps, ...inbound, ...outbound, "COMMIT", ""].join("\n");
}

function inboundRules({ inboundPort, statusPort, includeInboundPorts, excludeInboundPorts }: RedirectSettings): readonly string[] {
  const to = `-j REDIRECT --to-ports ${inboundPort}`;
  const own = [...new Set([...sidecarPorts, statusPort])].map((port) => ({ from: port, to: port }));
  const excluded = [...own, ...excludeInboundPorts];
  return [...forPorts(excluded, "-j RETURN"), ...(includeInboundPorts === "*" ? [to] : forPorts(includeInboundPorts, to))];
}

function outboundRules(settings: RedirectSettings, { loopback, marked, includes }: Family): readonly string[] {
  const owners = [`-m owner --uid-owner ${settings.proxyUid}`, `-m owner --gid-owner ${settings.proxyGid}`];
  const to = `-j REDIRECT --to-ports ${settings.outboundPort}`;
  const cidrs = settings.includeOutboundCidrs;
  return [
    // From the sidecar to the app: traffic that it let in, and the agent's probes.
    `-s ${marked} -o lo -j RETURN`,
    // The app calls its own service: the sidecar is both ends, and what goes in is treated as what comes from elsewhere.
    ...owners.map((owner) => `! -d ${loopback} -o lo ${owner} -j ${inboundChain}`),
    ...owners.map((owner) => `${owner} -j RETURN`),
    "-o lo -j RETURN",
    ...forPorts(settings.excludeOutboundPorts, "-j RETURN"),
    ...settings.excludeOutboundCidrs.filter(includes).map((cidr) => `-d ${cidr} -j RETURN`),
    ...(cidrs === "*" ? [to] : [...forPorts(settings.includeOutboundPorts, to), ...cidrs.filter(includes).map((cidr) => `-d ${cidr} ${to}`)]),
  ];
}

function forPorts(ports: readonly PortRange[], what: string): readonly string[] {
  return ports.map((range) => `--dport ${formatRange(range, ":")} ${what}`);
}
