import { policyUsesOf } from "../../core/status/policy-uses.ts";
import type { DecidedParts, PolicyUses } from "../../core/status/policy-uses.ts";
import type { ProxyKey } from "./port.ts";

/** How a policy stands with the proxies that are connected here. */
export interface PolicyUse {
  /** Have something of it in their configuration. */
  readonly needing: number;
  /** Of these: run with it as it is now. */
  readonly programmed: number;
  /** Of these: refuse what it makes. The rest has to answer yet. */
  readonly rejecting: number;
}

/** What has to be known of a stream. */
export interface UsingStream {
  readonly proxy: ProxyKey;
  /** What the World would have it do now; undefined: not known. */
  readonly wanted: DecidedParts | undefined;
  /** What it last confirmed (or refused) whole. */
  readonly confirmed: DecidedParts | undefined;
  /** Keys of policies that made something that it refuses. */
  readonly refused: ReadonlySet<string>;
}

type Standing = "programmed" | "rejecting" | "pending";

/**
 * Counts, for each policy, the proxies that have something of it in their configuration: each once, however many streams it has. One
 * that only has to answer to something else, such as endpoints that came and went, still runs with the policy. Costs a look at each
 * stream, and one at each policy for each configuration that proxies share.
 */
export function countPolicyUse(streams: Iterable<UsingStream>): ReadonlyMap<string, PolicyUse> {
  const counts = new Map<string, { needing: number; programmed: number; rejecting: number }>();
  function add(policy: string, standing: Standing, proxies: number): void {
    const count = counts.get(policy) ?? { needing: 0, programmed: 0, rejecting: 0 };
    counts.set(policy, count);
    count.needing += proxies;
    if (standing !== "pending") count[standing] += proxies;
  }
  const { alike, others } = sorted(streams);
  for (const { wanted, confirmed, proxies } of alike) {
    for (const [policy, standing] of standings(wanted, confirmed, none)) add(policy, standing, proxies);
  }
  for (const ofProxy of others) {
    for (const [policy, standing] of worst(ofProxy)) add(policy, standing, 1);
  }
  return counts;
}

const none: ReadonlySet<string> = new Set();

const nothing: PolicyUses = new Map();

interface Alike {
  readonly wanted: PolicyUses;
  readonly confirmed: PolicyUses;
  proxies: number;
}

/** Proxies of one stream that refuse nothing are counted by what they have; the others are looked at one by one. */
function sorted(streams: Iterable<UsingStream>): { readonly alike: Iterable<Alike>; readonly others: Iterable<readonly UsingStream[]> } {
  const byProxy = new Map<string, UsingStream[]>();
  for (const stream of streams) {
    const key = `${stream.proxy.mesh}/${stream.proxy.name}`;
    const known = byProxy.get(key);
    if (known === undefined) byProxy.set(key, [stream]);
    else known.push(stream);
  }
  const groups = new Map<PolicyUses, Map<PolicyUses, Alike>>();
  const others: UsingStream[][] = [];
  for (const ofProxy of byProxy.values()) {
    const [only, another] = ofProxy;
    if (only === undefined || another !== undefined || only.refused.size > 0) {
      others.push(ofProxy);
      continue;
    }
    const [wanted, confirmed] = [usesOf(only.wanted), usesOf(only.confirmed)];
    const group = groups.get(wanted) ?? new Map<PolicyUses, Alike>();
    groups.set(wanted, group);
    const alike = group.get(confirmed) ?? { wanted, confirmed, proxies: 0 };
    group.set(confirmed, alike);
    alike.proxies += 1;
  }
  return { alike: [...groups.values()].flatMap((group) => [...group.values()]), others };
}

function usesOf(parts: DecidedParts | undefined): PolicyUses {
  return parts === undefined ? nothing : policyUsesOf(parts);
}

function* standings(wanted: PolicyUses, confirmed: PolicyUses, refused: ReadonlySet<string>): Generator<readonly [string, Standing]> {
  for (const [policy, content] of wanted) {
    if (confirmed.get(policy) !== content) yield [policy, "pending"];
    else yield [policy, refused.has(policy) ? "rejecting" : "programmed"];
  }
}

const rank: Readonly<Record<Standing, number>> = { programmed: 0, rejecting: 1, pending: 2 };

/** Of several streams, the old one of a client that came back may still stand: the proxy is as far as the last of them. */
function worst(streams: readonly UsingStream[]): ReadonlyMap<string, Standing> {
  const all = new Map<string, Standing>();
  for (const { wanted, confirmed, refused } of streams) {
    for (const [policy, standing] of standings(usesOf(wanted), usesOf(confirmed), refused)) {
      const before = all.get(policy);
      if (before === undefined || rank[standing] > rank[before]) all.set(policy, standing);
    }
  }
  return all;
}
