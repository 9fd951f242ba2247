import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import type { KubeKind, ObjectName, ObjectSelection } from "./port.ts";

/** How the following of one kind stands. */
export type FollowStatus =
  | { readonly state: "listing" }
  /** Everything was told, and a watch is open. */
  | { readonly state: "following" }
  /** What was told stays as it was; it is tried again. `denied`: 401 or 403; `missing`: the server has no such kind (404). */
  | { readonly state: "failing" | "denied" | "missing"; readonly message: string };

export interface FollowOptions<T> extends ObjectSelection {
  /** Everything there is: the first list, and again whenever a watch could not go on where it was (410). Objects may be as they were. */
  readonly onState: (objects: readonly T[]) => void;
  /** Only after a state. An object that was deleted comes as it last was. In the order in which the server tells it. */
  readonly onChange: (changed: readonly T[], removed: readonly T[]) => void;
  /** Each time it changes. */
  readonly onStatus?: (status: FollowStatus) => void;
  /** Objects a page; default 500. */
  readonly pageSize?: number;
  /** Cuts an object down to what is needed before it is kept or told; default: as it is. */
  readonly trim?: (object: T) => T;
}

/** Objects of a kind that are being followed. */
export interface Following {
  readonly kind: KubeKind;
  readonly status: FollowStatus;
  /** Ends it; nothing is told any more when the promise has resolved. */
  close(): Promise<void>;
}

/** Follows objects with one client; `followWith` in follow-objects.ts makes it. */
export type FollowObjects = <T extends KubeObject>(kind: KubeKind, options: FollowOptions<T>) => Following;

/** How the key of an object is written: `namespace/name`, or the name alone. */
export function objectText({ name, namespace }: ObjectName): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}
