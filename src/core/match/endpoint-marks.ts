import { asArray, asObject, asString, ownField } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import { readForTls, takesMutualTls } from "./destination-tls.ts";
import type { EndpointMarks } from "./endpoints.ts";
import { createInternTable } from "./intern-table.ts";
import { isShadow } from "./select-policies.ts";

/** What is said of endpoints beside where they are. */
export function endpointMarks(mesh: MeshWorld): EndpointMarks {
  return { takesTls: takesMutualTls(mesh), tagNames: askedTags(mesh).names };
}

/** The parts of the World from which it is read what is said of endpoints and how they are talked to, beside who provides them. */
export function readForEndpoints(mesh: MeshWorld): readonly unknown[] {
  return [...readForTls(mesh), askedTags(mesh)];
}

/** Names of tags, sorted. Equal ones are the same object. */
interface TagNames {
  readonly names: readonly string[];
}

const noTags: TagNames = Object.freeze({ names: Object.freeze([]) });
const interned = createInternTable<TagNames>();
const byPolicies = new WeakMap<object, TagNames>();
const byPolicy = new WeakMap<Policy, readonly string[]>();

/**
 * Tags by which some MeshRetry leaves endpoints out (`OmitHostsWithTags`). Only these are sent with endpoints: endpoints are most of what
 * is sent after an edit, and hardly any mesh asks.
 */
export function askedTags({ policies }: MeshWorld): TagNames {
  const retries = policies.get("MeshRetry");
  if (retries === undefined) return noTags;
  let known = byPolicies.get(retries);
  if (known === undefined) byPolicies.set(retries, (known = collect(retries.values())));
  return known;
}

function collect(policies: Iterable<Policy>): TagNames {
  const names = new Set<string>();
  for (const policy of policies) if (!isShadow(policy)) for (const name of tagsOf(policy)) names.add(name);
  const sorted = [...names].sort();
  return sorted.length === 0 ? noTags : interned.intern(JSON.stringify(sorted), () => Object.freeze({ names: Object.freeze(sorted) }));
}

function tagsOf(policy: Policy): readonly string[] {
  let names = byPolicy.get(policy);
  if (names === undefined) byPolicy.set(policy, (names = (policy.spec.to ?? []).flatMap(({ default: conf }) => tagsIn(conf))));
  return names;
}

function tagsIn(conf: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const selections = asArray(ownField(asObject(ownField(conf, "http")), "hostSelection")) ?? [];
  return selections.flatMap((each) => {
    const selection = asObject(each);
    if (asString(ownField(selection, "predicate")) !== "OmitHostsWithTags") return [];
    return Object.keys(asObject(ownField(selection, "tags")) ?? {}).filter((name) => name !== labelNames.service);
  });
}
