import type { Pod } from "./pod.ts";

export interface Redirection {
  /** Group of the sidecar's processes, whose own connections are left alone. */
  readonly sidecarGroup: number;
  readonly excludedInboundPorts?: readonly number[];
  readonly excludedOutboundPorts?: readonly number[];
}

/** Redirects a pod's connections to its sidecar as the injectors of the field do: iptables, nat table, both families. */
export async function redirect(pod: Pod, redirection: Redirection): Promise<void> {
  await pod.namespace.shell([...rulesOf("iptables", "127.0.0.1/32", "127.0.0.6/32", redirection), ...rulesOf("ip6tables", "::1/128", "::6/128", redirection)]);
}

function rulesOf(iptables: string, loopback: string, marked: string, { sidecarGroup, excludedInboundPorts = [], excludedOutboundPorts = [] }: Redirection): readonly string[] {
  const sidecar = `-m owner --gid-owner ${String(sidecarGroup)}`;
  const rules = [
    ...excludedInboundPorts.map((port) => `PREROUTING -p tcp --dport ${String(port)} -j RETURN`),
    "PREROUTING -p tcp -j REDIRECT --to-ports 15006",
    // From the sidecar to the app.
    `OUTPUT -p tcp -o lo -s ${marked} -j RETURN`,
    // The app calls its own service: the sidecar is both ends.
    `OUTPUT -p tcp -o lo ! -d ${loopback} ${sidecar} -j REDIRECT --to-ports 15006`,
    `OUTPUT -p tcp ${sidecar} -j RETURN`,
    "OUTPUT -p tcp -o lo -j RETURN",
    ...excludedOutboundPorts.map((port) => `OUTPUT -p tcp --dport ${String(port)} -j RETURN`),
    "OUTPUT -p tcp -j REDIRECT --to-ports 15001",
  ];
  return rules.map((rule) => `${iptables} -w -t nat -A ${rule}`);
}
