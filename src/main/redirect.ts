import { Command, InvalidArgumentError, Option } from "commander";
import { parseCidrs } from "../core/redirect/address-ranges.ts";
import { inertSettings, redirectProblems } from "../core/redirect/check-settings.ts";
import { parsePorts, type PortRange } from "../core/redirect/port-ranges.ts";
import { redirectFlags } from "../core/redirect/redirect-arguments.ts";
import { redirectRules, type RedirectRules } from "../core/redirect/redirect-rules.ts";
import { defaultRedirect, type RedirectFamilies, type RedirectSettings } from "../core/redirect/settings.ts";
import { RedirectFailure } from "../edge/redirect/failure.ts";
import { layRules } from "../edge/redirect/lay-rules.ts";
import { ownFamilies } from "../edge/redirect/own-families.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

interface RedirectCommandOptions extends Omit<RedirectSettings, "ipFamilyMode"> {
  readonly ipFamilyMode: string;
  readonly dryRun?: boolean;
}

const families: Readonly<Record<string, RedirectFamilies>> = { ipv4: "IPv4", ipv6: "IPv6", dualstack: "DualStack" };

export function redirectCommand(terminal: Terminal): Command {
  const command = new Command("redirect")
    .description("redirect a pod's connections to its sidecar: lay the iptables rules in this network namespace, as the init container does")
    .option("--dry-run", "print the rules, in the form that iptables-restore takes, and lay none")
    .addOption(portOption("inboundPort", "where connections to the pod go"))
    .addOption(portOption("outboundPort", "where connections of the pod go"))
    .addOption(portOption("statusPort", "where the agent answers probes; never redirected"))
    .addOption(idOption("proxyUid", "user of the sidecar, whose own connections are left alone"))
    .addOption(idOption("proxyGid", "group of the sidecar, whose own connections are left alone"))
    .addOption(option("includeInboundPorts", "<ports>", "ports of the pod that are redirected: * for all, or a list such as 8080,9000-9010", "*").argParser(allOr(ports)))
    .addOption(option("excludeInboundPorts", "<ports>", "ports of the pod that are not", "").argParser(ports))
    .addOption(option("includeOutboundCidrs", "<ranges>", "addresses to which the pod's connections are redirected: * for all, or a list such as 10.0.0.0/8,fd00::/8", "*").argParser(allOr(cidrs)))
    .addOption(option("includeOutboundPorts", "<ports>", "ports to which they are redirected whatever the address", "").argParser(ports))
    .addOption(option("excludeOutboundPorts", "<ports>", "ports to which they are not", "").argParser(ports))
    .addOption(option("excludeOutboundCidrs", "<ranges>", "addresses to which they are not", "").argParser(cidrs))
    .addOption(new Option(`${redirectFlags.ipFamilyMode} <mode>`, "families that are redirected; auto: those of this network namespace's addresses").choices(["auto", ...Object.keys(families)]).default("auto"))
    .addHelpText("after", `\n${endings}`)
    .action(async (options: RedirectCommandOptions) => run(options, terminal));
  return withExamples(command, {
    "what would be laid": "probeplane redirect --dry-run",
    "leave a database and its port alone": "probeplane redirect --exclude-inbound-ports 9102 --exclude-outbound-ports 5432",
  });
}

const endings = `Ports 15020, 15021 and 15090 of the sidecar are never redirected, nor is what comes from 127.0.0.6 or ::6: the sidecar's connections to the app.
A second run leaves the same rules. What is excluded wins over what is included.

Exit status: 64 wrong options, 69 the rules cannot be laid; then all is as it was.`;

async function run({ ipFamilyMode, dryRun, ...rest }: RedirectCommandOptions, terminal: Terminal): Promise<void> {
  const settings: RedirectSettings = { ...rest, ipFamilyMode: families[ipFamilyMode] ?? ownFamilies() };
  const problems = redirectProblems(settings);
  if (problems.length > 0) throw new CommandFailure(exitStatus.usage, problems.join("\n"));
  for (const notice of inertSettings(settings)) terminal.err(`warning: ${notice}\n`);
  const rules = redirectRules(settings);
  if (dryRun === true) terminal.out(describe(rules));
  else await lay(rules, terminal);
}

async function lay(rules: RedirectRules, terminal: Terminal): Promise<void> {
  try {
    const { by, warnings } = await layRules(rules);
    for (const warning of warnings) terminal.err(`warning: ${warning}\n`);
    terminal.out(`connections are redirected, by ${by.join(" and ")}\n`);
  } catch (error) {
    throw error instanceof RedirectFailure ? new CommandFailure(exitStatus.unavailable, error.message) : error;
  }
}

/** With the mode of one family it is what its iptables-restore takes. */
function describe({ v4, v6 }: RedirectRules): string {
  const parts = [
    v4 === undefined ? "# iptables: nothing\n" : `# iptables-restore --noflush\n${v4}`,
    v6 === undefined ? "# ip6tables: nothing\n" : `# ip -6 addr replace ::6/128 dev lo\n# ip6tables-restore --noflush\n${v6}`,
  ];
  return parts.join("");
}

function option(name: keyof RedirectSettings, argument: string, text: string, shown: "*" | ""): Option {
  return new Option(`${redirectFlags[name]} ${argument}`, text).default(defaultRedirect[name], shown === "" ? "none" : shown);
}

function portOption(name: "inboundPort" | "outboundPort" | "statusPort", text: string): Option {
  return new Option(`${redirectFlags[name]} <port>`, text).argParser(whole(1, 65_535, "a port from 1 to 65535")).default(defaultRedirect[name]);
}

function idOption(name: "proxyUid" | "proxyGid", text: string): Option {
  return new Option(`${redirectFlags[name]} <id>`, text).argParser(whole(0, 2 ** 32 - 2, "a number from 0 to 4294967294")).default(defaultRedirect[name]);
}

function whole(least: number, most: number, what: string): (text: string) => number {
  return (text) => {
    if (!/^\d{1,10}$/.test(text) || Number(text) < least || Number(text) > most) throw new InvalidArgumentError(`${what} is needed.`);
    return Number(text);
  };
}

function ports(text: string): readonly PortRange[] {
  const parsed = parsePorts(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problems.join("; ")}.`);
  return parsed.ports;
}

function cidrs(text: string): readonly string[] {
  const parsed = parseCidrs(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problems.join("; ")}.`);
  return parsed.cidrs;
}

function allOr<T>(parse: (text: string) => readonly T[]): (text: string) => "*" | readonly T[] {
  return (text) => (text.trim() === "*" ? "*" : parse(text));
}
