import { fieldPath, joinPaths } from "../base/field-path.ts";
import { asArray, asObject, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import type { ConfList } from "./kind.ts";
import { listProblems } from "./list-rules.ts";
import { validateMatches } from "./validate-match.ts";
import { validateTargetRef } from "./validate-target-ref.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a kind of policy has to say of its own spec. */
export interface PolicyChecks {
  /** The lists that the spec may have. */
  readonly lists: readonly ConfList[];
  /** True: a policy without any entry is refused. Default: false. */
  readonly someListRequired?: true;
  /** Kinds that a reference may be, by where it stands; default: all of the place. */
  readonly kinds?: { readonly top?: readonly string[]; readonly to?: readonly string[]; readonly from?: readonly string[] };
  /** What is wrong with one entry beside its reference and its matches; paths that begin with `path` (`to[0]`). */
  readonly validateItem: (item: Fields, path: string, list: ConfList) => readonly Violation[];
}

/** All that is wrong with a policy's spec, in every place at once; paths relative to the spec. What is of a wrong type is passed over. */
export function validatePolicy(spec: unknown, { lists, someListRequired, kinds, validateItem }: PolicyChecks): readonly Violation[] {
  const fields = asObject(spec);
  const takesRules = lists.includes("rules") || lists.includes("from");
  const hasRules = ["rules", "from"].some((list) => (asArray(ownField(fields, list)) ?? []).length > 0);
  const found = placed("targetRef", validateTargetRef(ownField(fields, "targetRef"), takesRules && hasRules ? "top-with-rules" : "top", kinds?.top));
  found.push(...listProblems(fields, lists, someListRequired === true));
  for (const list of lists) {
    (asArray(ownField(fields, list)) ?? []).forEach((value, i) => {
      const item = asObject(value);
      const path = fieldPath(list, i);
      if (item === undefined) return;
      if (list !== "rules") found.push(...placed(fieldPath(path, "targetRef"), validateTargetRef(ownField(item, "targetRef"), list, kinds?.[list])));
      else found.push(...validateMatches(ownField(item, "matches"), fieldPath(path, "matches")));
      found.push(...validateItem(item, path, list));
    });
  }
  return found;
}

function placed(parent: string, violations: readonly Violation[]): Violation[] {
  return violations.map(({ path, message }) => ({ path: joinPaths(parent, path), message }));
}
