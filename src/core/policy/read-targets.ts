import type { ResourceKindDescriptor } from "../model/kind.ts";
import { kindByWord, unknownKindText } from "./kind-by-word.ts";

/** What the words of a command mean: a kind, perhaps with a name. */
export interface Target {
  readonly kind: ResourceKindDescriptor;
  /** Absent: all of the kind. */
  readonly name?: string;
}

export type TargetsResult = { readonly ok: true; readonly targets: readonly Target[] } | { readonly ok: false; readonly problems: readonly string[] };

/** Reads `KIND`, `KIND NAME…` or `KIND/NAME…`, the last also of different kinds. Gives all that is wrong at once. */
export function readTargets(words: readonly string[]): TargetsResult {
  const problems: string[] = [];
  const targets = words.some((word) => word.includes("/")) ? slashed(words, problems) : spaced(words, problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, targets };
}

function slashed(words: readonly string[], problems: string[]): readonly Target[] {
  return words.flatMap((word) => {
    const [kindWord = "", name = "", ...rest] = word.split("/");
    if (name === "" || rest.length > 0) {
      problems.push(`${word}: where one word is KIND/NAME, all have to be`);
      return [];
    }
    const kind = kindOf(kindWord, problems);
    return kind === undefined ? [] : [{ kind, name }];
  });
}

function spaced([kindWord = "", ...names]: readonly string[], problems: string[]): readonly Target[] {
  const kind = kindOf(kindWord, problems);
  if (kind === undefined) return [];
  return names.length === 0 ? [{ kind }] : names.map((name) => ({ kind, name }));
}

function kindOf(word: string, problems: string[]): ResourceKindDescriptor | undefined {
  const kind = kindByWord(word);
  if (kind === undefined) problems.push(unknownKindText(word));
  return kind;
}
