import { asArray, asNumber, asObject, asString } from "../base/json.ts";
import { contentHashOf } from "../base/hash.ts";
import type { Resource } from "../model/resource.ts";
import type { ProxyFacts } from "./compose-status.ts";
import type { ProxyRefusal } from "./conditions.ts";

/** How a policy stands with the proxies that are connected to one replica. */
export interface PolicyReport {
  /** Which version of the policy this is about (`policyVersion`). */
  readonly version: string;
  readonly needing: number;
  readonly programmed: number;
  readonly rejecting: number;
  /** Some of those that refuse. */
  readonly refusals: readonly ProxyRefusal[];
}

/** What one replica knows: every policy that it has, by the text of its key. */
export type ReplicaReport = ReadonlyMap<string, PolicyReport>;

/** Refusals that are told with their text; of more only the number. */
export const maxRefusals = 3;

const versions = new WeakMap<Resource, string>();

/** A name for what a policy says: the same on every replica, whatever its object's version is. */
export function policyVersion(policy: Resource): string {
  let version = versions.get(policy);
  if (version === undefined) {
    const labels = Object.entries(policy.labels).map(([key, value]) => `${key}=${value}`).sort();
    versions.set(policy, (version = contentHashOf([JSON.stringify(policy.spec), ...labels])));
  }
  return version;
}

/** As short as it can be: thousands of policies have to fit into one object. What nobody needs is its version alone. */
type Written = string | readonly [version: string, needing: number, programmed: number, rejecting: number, ...refusals: readonly [proxy: string, message: string][]];

/** Sorted, so that equal reports are equal texts. */
export function encodeReport(report: ReplicaReport): string {
  const written = [...report].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, policy]): [string, Written] => [key, writtenOf(policy)]);
  return JSON.stringify({ policies: Object.fromEntries(written) });
}

function writtenOf({ version, needing, programmed, rejecting, refusals }: PolicyReport): Written {
  if (needing + rejecting === 0) return version;
  return [version, needing, programmed, rejecting, ...refusals.map(({ proxy, message }) => [proxy, message] as [string, string])];
}

/** Undefined for what is no report; entries that cannot be read are left out. */
export function decodeReport(text: string): ReplicaReport | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const policies = asObject(asObject(document)?.["policies"]);
  if (policies === undefined) return undefined;
  return new Map(Object.entries(policies).flatMap(([key, written]) => {
    const policy = readPolicy(written);
    return policy === undefined ? [] : [[key, policy] as const];
  }));
}

function readPolicy(written: unknown): PolicyReport | undefined {
  const [version, needing, programmed, rejecting, ...refusals] = typeof written === "string" ? [written, 0, 0, 0] : (asArray(written) ?? []);
  const counts = [needing, programmed, rejecting].map((count) => asNumber(count) ?? Number.NaN);
  if (typeof version !== "string" || counts.some(Number.isNaN)) return undefined;
  const [first = 0, second = 0, third = 0] = counts;
  return { version, needing: first, programmed: second, rejecting: third, refusals: refusals.flatMap(readRefusal) };
}

function readRefusal(written: unknown): readonly ProxyRefusal[] {
  const [proxy, message] = (asArray(written) ?? []).map(asString);
  return proxy === undefined || message === undefined ? [] : [{ proxy, message }];
}

/**
 * What all replicas together say of a policy. A replica that has another version of it, or does not have it yet, is behind; what it
 * counts for that version counts all the same, for these proxies need the policy most likely.
 */
export function sumReports(key: string, version: string, reports: Iterable<ReplicaReport>): ProxyFacts {
  const sum = { needing: 0, programmed: 0, rejecting: 0 };
  const refusals: ProxyRefusal[] = [];
  let behind = 0;
  for (const report of reports) {
    const policy = report.get(key);
    const isBehind = policy?.version !== version;
    if (isBehind) behind += 1;
    if (policy === undefined) continue;
    sum.needing += policy.needing;
    if (isBehind) continue;
    sum.programmed += policy.programmed;
    sum.rejecting += policy.rejecting;
    refusals.push(...policy.refusals);
  }
  const pending = Math.max(0, sum.needing - sum.programmed - sum.rejecting);
  const named = refusals.sort((a, b) => (a.proxy < b.proxy ? -1 : 1)).slice(0, maxRefusals);
  return { tally: { needing: sum.needing, programmed: sum.programmed, pending, rejecting: sum.rejecting }, refusals: named, behind };
}
