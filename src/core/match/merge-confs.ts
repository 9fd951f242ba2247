import { deepFreeze } from "../base/deep-freeze.ts";
import { fieldPath } from "../base/field-path.ts";
import { asObject } from "../base/json.ts";
import type { Decision } from "../model/plan.ts";
import type { InboundEntry } from "../policy/inbound-rules.ts";
import type { RankedItem } from "./order-items.ts";

type Mergeable = RankedItem | InboundEntry;

/** One conf made of several, and who decided what in it. */
export interface MergedConf {
  readonly conf: Readonly<Record<string, unknown>>;
  /** By the path of each leaf (`http.path`); a list and an empty object are leaves. Keys are sorted. */
  readonly decidedBy: Readonly<Record<string, Decision>>;
}

/**
 * Merges the confs of items, the last one winning, by RFC 7396: values overwrite, objects merge, lists are replaced as a whole.
 * A null is as if it were not there: nothing can unset what another policy set (Kuma 2.14).
 */
export function mergeConfs(items: readonly Mergeable[]): MergedConf {
  const conf: Record<string, unknown> = {};
  const decisions = new Map<string, Decision>();
  for (const one of items) {
    const decision = { policy: one.policy.name, item: placeOf(one) };
    for (const [name, value] of Object.entries(one.item.default ?? {})) mergeField(conf, name, value, name, { decisions, decision });
  }
  const decidedBy = Object.fromEntries([...decisions].sort(([a], [b]) => (a < b ? -1 : 1)));
  return deepFreeze({ conf, decidedBy });
}

/** Where in its policy an item stands: `to[0]`, `rules[1]`. */
export function placeOf(item: Mergeable): string {
  return "to" in item ? fieldPath("to", item.to) : fieldPath(item.list, item.index);
}

interface Scribe {
  readonly decisions: Map<string, Decision>;
  readonly decision: Decision;
}

function mergeField(into: Record<string, unknown>, name: string, value: unknown, path: string, scribe: Scribe): void {
  if (value === null || value === undefined) return;
  const patch = asObject(value);
  if (patch === undefined) {
    forget(scribe.decisions, path);
    into[name] = value;
    scribe.decisions.set(path, scribe.decision);
    return;
  }
  let present = asObject(into[name]) as Record<string, unknown> | undefined;
  if (present === undefined) {
    present = {};
    into[name] = present;
  }
  for (const [inner, innerValue] of Object.entries(patch)) mergeField(present, inner, innerValue, `${path}.${inner}`, scribe);
  if (Object.keys(present).length === 0) scribe.decisions.set(path, scribe.decision);
  else scribe.decisions.delete(path);
}

/** A value took the place of an object: what was decided inside is gone. */
function forget(decisions: Map<string, Decision>, path: string): void {
  for (const decided of decisions.keys()) if (decided.startsWith(`${path}.`)) decisions.delete(decided);
}
