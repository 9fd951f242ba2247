import { defaultZone } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels } from "../model/resource.ts";
import type { KubeObject } from "./kube-object.ts";

/** The name in the mesh of what a namespaced object is there: `<name>.<namespace>`. */
export function nameInMesh({ metadata }: KubeObject): string {
  return `${metadata.name}.${metadata.namespace ?? ""}`;
}

/** Labels of a derived resource: the object's own, and the facts that a store writes, which the object cannot change. */
export function derivedLabels(object: KubeObject, mesh: string, more: Labels): Labels {
  const { name, namespace = "", labels } = object.metadata;
  const all: Labels = {
    ...labels,
    [labelNames.displayName]: name,
    [labelNames.env]: "kubernetes",
    [labelNames.mesh]: mesh,
    [labelNames.namespace]: namespace,
    [labelNames.origin]: "zone",
    [labelNames.zone]: defaultZone,
    ...more,
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** When the object was made, as stores write times; Kubernetes has whole seconds. */
export function creationOf({ metadata }: KubeObject): { readonly creationTime?: string } {
  const time = metadata.creationTimestamp;
  return time === undefined ? {} : { creationTime: time.replace(/(:\d\d)Z$/, "$1.000Z") };
}
