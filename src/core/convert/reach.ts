import type { JsonObject } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels } from "../model/resource.ts";
import type { Destination } from "./destination.ts";
import type { ConvertSettings } from "./settings.ts";

/** Whose traffic a source speaks of. */
export interface Reach {
  /** Of the source. */
  readonly own: string;
  /** `all`: callers of every namespace; `own`: those of its own. */
  readonly callers: "all" | "own";
  /** Labels that the proxies have to have. */
  readonly labels?: Labels | undefined;
}

/** In which namespace a policy goes, and which proxies it says; absent: all that a policy of that namespace reaches. */
export interface Place {
  readonly namespace: string;
  readonly targetRef?: JsonObject;
}

/**
 * Where a policy goes that is to hold for these callers of this destination. A policy of a service's own namespace holds for all who call it,
 * one of another namespace for the callers there, one of the system namespace for everybody.
 */
export function placeOf({ own, callers, labels }: Reach, destination: Destination, { rootNamespace, systemNamespace }: ConvertSettings): Place {
  const ofOwner = destination.kind === "service" && destination.namespace === own;
  if (own === rootNamespace) return { namespace: systemNamespace, ...proxies(labels) };
  if (callers === "own") return { namespace: own, ...proxies(ofOwner || labels !== undefined ? { [labelNames.namespace]: own, ...labels } : undefined) };
  return { namespace: ofOwner ? own : systemNamespace, ...proxies(labels) };
}

/** Where a policy goes that is about these workloads themselves. */
export function placeOfWorkloads(own: string, labels: Labels | undefined, { rootNamespace, systemNamespace }: ConvertSettings): Place {
  return { namespace: own === rootNamespace ? systemNamespace : own, ...proxies(labels) };
}

function proxies(labels: Labels | undefined): { readonly targetRef?: JsonObject } {
  return labels === undefined ? {} : { targetRef: { kind: "Dataplane", labels: { ...labels } } };
}
