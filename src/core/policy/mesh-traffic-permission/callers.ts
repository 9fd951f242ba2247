import { labelNames } from "../../model/label-names.ts";
import type { NamePlan } from "../../model/plan.ts";
import type { Policy, RuleMatch, TargetRef } from "../../model/target-ref.ts";

/** Names of which a caller has to have one for each; none: anyone. */
export type Names = readonly NamePlan[];

export function namesOfMatch({ spiffeID }: RuleMatch): Names {
  return spiffeID === undefined ? [] : [{ match: spiffeID.type === "Exact" ? "exact" : "prefix", value: spiffeID.value }];
}

/**
 * Whom a reference in `from` means, in the words of certificates; each of the lists is one way to be meant. In a policy of Kubernetes a
 * service may be called by its bare name.
 */
export function namesOfCallers(ref: TargetRef, { mesh, labels }: Policy): readonly Names[] {
  const tagged = Object.entries(ref.tags ?? {}).map(([tag, value]) => nameOfTag(mesh, tag, value));
  switch (ref.kind) {
    case "MeshService":
    case "MeshServiceSubset":
      return servicesNamed(mesh, ref, labels[labelNames.namespace], labels[labelNames.policyRole]).map((service) => [service, ...tagged]);
    default:
      return [tagged];
  }
}

/** A tag of the caller; `*`: it has the tag at all. */
function nameOfTag(mesh: string, tag: string, value: string): NamePlan {
  const before = tag === labelNames.service ? `spiffe://${mesh}/` : `kuma://${tag}/`;
  return value === "*" ? { match: "prefix", value: before } : { match: "exact", value: `${before}${value}` };
}

/** A Service of Kubernetes stands in certificates as `web_demo_svc_80`; its name has no underscore. */
function servicesNamed(mesh: string, ref: TargetRef, namespace: string | undefined, role: string | undefined): readonly NamePlan[] {
  const name = ref.name ?? "";
  const exact: NamePlan = { match: "exact", value: `spiffe://${mesh}/${name}` };
  if (namespace === undefined || name.includes("_")) return [exact];
  const where = ref.namespace ?? (role === undefined || role === "system" ? undefined : namespace);
  return [exact, { match: "prefix", value: `spiffe://${mesh}/${name}_${where === undefined ? "" : `${where}_svc_`}` }];
}
