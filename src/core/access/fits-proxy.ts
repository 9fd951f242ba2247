import { labelOf } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import type { DataplaneClaims } from "./claims.ts";
import type { TokenRefusal } from "./refusal.ts";

/** The proxy that shows a token. */
export interface ShowingProxy {
  readonly mesh: string;
  readonly name: string;
  /** Absent: there is none (yet); then what the token says of tags and workload cannot be looked at. */
  readonly dataplane?: Dataplane;
}

/**
 * Whether a token is for this proxy: its mesh has to be the token's; its name, every value of its tags and its workload have to be
 * ones that the token allows, where the token says anything of them. As in Kuma a tag that the token names has to be there.
 */
export function refusalFor(claims: DataplaneClaims, { mesh, name, dataplane }: ShowingProxy): TokenRefusal | undefined {
  if (claims.Mesh !== mesh) return "not for this mesh";
  if (claims.Name !== "" && claims.Name !== name) return "not for this proxy";
  if (claims.Type !== "" && claims.Type !== "dataplane") return "not for this proxy";
  if (dataplane === undefined) return undefined;
  const workload = labelOf(dataplane.labels, workloadLabel);
  if (claims.Workload !== "" && claims.Workload !== workload) return "not for this proxy";
  return allowsTags(claims, dataplane) ? undefined : "not for this proxy";
}

const workloadLabel = "kuma.io/workload";

function allowsTags({ Tags }: DataplaneClaims, dataplane: Dataplane): boolean {
  const sets = tagSetsOf(dataplane);
  return Object.entries(Tags).every(([tag, allowed]) => {
    const values = sets.flatMap((tags) => (Object.hasOwn(tags, tag) ? [tags[tag] ?? ""] : []));
    return values.length > 0 && values.every((value) => allowed.includes(value));
  });
}
