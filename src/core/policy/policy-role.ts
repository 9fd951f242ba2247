import { asArray, asObject, asString, ownField } from "../base/json.ts";
import { systemNamespaces } from "../model/namespaces.ts";

export type PolicyRole = "system" | "producer" | "consumer" | "workload-owner";

/**
 * Whom a policy speaks for (Kuma 2.9 and later): the operator (`system`: universal mode, or a system namespace), the owners of the
 * services that it names (`producer`), their callers (`consumer`), or the owners of the proxies (`workload-owner`, no `to`).
 * `mixed` when its `to` items disagree, `mixed-lists` when it speaks of what leaves and of what comes in: neither is allowed, because a
 * producer reaches further than its own proxies. `lists`: those that its kind has.
 */
export function policyRole(
  spec: unknown,
  lists: readonly string[],
  namespace: string | undefined,
  system: readonly string[] = systemNamespaces,
): PolicyRole | "mixed" | "mixed-lists" {
  if (namespace === undefined || system.includes(namespace)) return "system";
  const items = asArray(ownField(asObject(spec), "to")) ?? [];
  if (items.length === 0) return "workload-owner";
  if (lists.includes("from") && (asArray(ownField(asObject(spec), "from")) ?? []).length > 0) return "mixed-lists";
  const producers = items.filter((item) => isProducerItem(asObject(item), namespace)).length;
  if (producers === 0) return "consumer";
  return producers === items.length ? "producer" : "mixed";
}

function isProducerItem(item: Readonly<Record<string, unknown>> | undefined, namespace: string): boolean {
  const ref = asObject(ownField(item, "targetRef"));
  const ofKind = ownField(ref, "kind") === "MeshService" || ownField(ref, "kind") === "MeshHTTPRoute";
  const own = [undefined, "", namespace].includes(asString(ownField(ref, "namespace")));
  return ofKind && (asString(ownField(ref, "name")) ?? "") !== "" && own;
}
