import type { Dataplane } from "../model/dataplane.ts";
import { namespaceOf } from "../model/kri.ts";
import { reachableServices } from "../model/reachable-services.ts";

/** The MeshServices that a proxy serves because its app's connections are redirected to it. */
export interface Reachable {
  /** Equal for Dataplanes that reach the same. */
  readonly key: string;
  readonly names: "all" | readonly string[];
  /** In which names without a namespace are meant. */
  readonly namespace: string;
}

const everything: Reachable = Object.freeze({ key: "all", names: "all", namespace: "" });

/** Undefined where the app's connections are not redirected. */
export function reachableOf(dataplane: Dataplane): Reachable | undefined {
  const names = reachableServices(dataplane);
  if (names === undefined || names === "all") return names === undefined ? undefined : everything;
  const namespace = namespaceOf(dataplane);
  const sorted = [...new Set(names)].sort();
  return Object.freeze({ key: `${namespace}/${sorted.join(",")}`, names: sorted, namespace });
}
