import type { ObjectChanges } from "../../../core/kubernetes/derivation.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { objectText } from "../../kube-client/follow.ts";

/** Which objects of a kind were told of, so that a whole new list can be told as what differs. */
export interface KnownObjects<T extends KubeObject> {
  /** All that there is now. */
  replace(objects: readonly T[]): ObjectChanges<T>;
  apply(changed: readonly T[], removed: readonly T[]): ObjectChanges<T>;
}

export function createKnownObjects<T extends KubeObject>(): KnownObjects<T> {
  const known = new Map<string, { readonly object: Pick<T, "metadata">; readonly version: string | undefined }>();
  const put = ({ metadata }: T): void => {
    const { name, namespace, resourceVersion } = metadata;
    known.set(objectText(metadata), { object: { metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }, version: resourceVersion });
  };
  return {
    replace: (objects) => {
      const there = new Set(objects.map(({ metadata }) => objectText(metadata)));
      const removed = [...known].flatMap(([text, { object }]) => (there.has(text) ? [] : [object]));
      const changed = objects.filter(({ metadata }) => {
        const version = known.get(objectText(metadata))?.version;
        return version === undefined || version !== metadata.resourceVersion;
      });
      for (const { metadata } of removed) known.delete(objectText(metadata));
      for (const object of changed) put(object);
      return { changed, removed };
    },
    apply: (changed, removed) => {
      for (const { metadata } of removed) known.delete(objectText(metadata));
      for (const object of changed) put(object);
      return { changed, removed };
    },
  };
}
