import { inboundChain, jumps, outboundChain } from "./redirect-rules.ts";

const chains = [inboundChain, outboundChain];

/**
 * The text that lays rules over what is there: `saved` is what `iptables-save -t nat` gives. Our chains are emptied by being declared, and each
 * way into them that is there already is taken away, so that a second run leaves the same rules, without a moment between.
 */
export function layOver(rules: string, saved: string): string {
  return insertAfterChains(rules, presentJumps(saved).map(deletionOf));
}

/** The text that brings back what `saved` says of our chains, after `layOver` was taken; others' rules are not touched. */
export function bringBack(saved: string): string {
  const known = chains.filter((chain) => saved.includes(`\n:${chain} `));
  const rules = saved.split("\n").filter((line) => line.startsWith("-A ") && mentionsOurs(line));
  return ["*nat", ...chains.map(declarationOf), ...jumps.map(deletionOf), ...rules, ...chains.filter((chain) => !known.includes(chain)).map((chain) => `-X ${chain}`), "COMMIT", ""].join("\n");
}

/** Rules of others that see a connection before ours do, as `iptables-save` writes them: another injector's, or a CNI plugin's. */
export function rulesBefore(saved: string): readonly string[] {
  return saved.split("\n").filter((line) => !line.includes("-p udp") && /^-A (PREROUTING|OUTPUT) .*-j (REDIRECT|DNAT|TPROXY|ISTIO_\S+|KUMA_\S+|LINKERD\S*|PROXY_INIT_\S+)/.test(line));
}

function insertAfterChains(rules: string, lines: readonly string[]): string {
  const all = rules.split("\n");
  const first = all.findIndex((line) => line.startsWith("-"));
  return [...all.slice(0, first), ...lines, ...all.slice(first)].join("\n");
}

/** In the order of the table; a jump that is there twice is there twice. */
function presentJumps(saved: string): readonly string[] {
  return saved.split("\n").filter((line) => /^-A (PREROUTING|OUTPUT) /.test(line) && mentionsOurs(line));
}

function mentionsOurs(line: string): boolean {
  return chains.some((chain) => line.split(" ").includes(chain));
}

function declarationOf(chain: string): string {
  return `:${chain} - [0:0]`;
}

function deletionOf(jump: string): string {
  return jump.replace(/^-A /, "-D ");
}
