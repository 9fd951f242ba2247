import { nearestName } from "../base/nearest-name.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import { resourceKinds } from "./registry.ts";

/**
 * The kind that someone names in a command: `MeshHealthCheck`, `meshhealthcheck`, `meshhealthchecks`, `mesh-health-check`, `mhc`; case does not
 * count.
 */
export function kindByWord(word: string): ResourceKindDescriptor | undefined {
  const wanted = plain(word);
  return resourceKinds.find((kind) => wordsOf(kind).some((known) => plain(known) === wanted));
}

/** The words by which a kind can be named, the one to show first. */
export function wordsOf({ kind, path, shortName }: ResourceKindDescriptor): readonly string[] {
  return [kind.toLowerCase(), path, ...(shortName === "" ? [] : [shortName])];
}

/** What to say of a word that names no kind. */
export function unknownKindText(word: string): string {
  const nearest = nearestName(word, resourceKinds.flatMap(wordsOf));
  const known = resourceKinds.map(({ path, shortName }) => (shortName === "" ? path : `${path} (${shortName})`)).join(", ");
  return `there is no kind of resource "${word}"${nearest === undefined ? "" : `; did you mean ${nearest}?`} Known are ${known}.`;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("-", "");
}
