import type { Map as ImmutableMap } from "immutable";
import { labelOf, matchesLabels } from "../base/labels.ts";
import { displayNameOf, namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { MeshExternalService } from "../model/mesh-external-service.ts";
import type { MeshService } from "../model/mesh-service.ts";
import type { Labels, Resource } from "../model/resource.ts";
import type { MeshWorld } from "../model/world.ts";
import { withPairs } from "./candidates.ts";
import type { Candidates } from "./candidates.ts";
import { labelsWithName } from "./select-policies.ts";

/** Kinds of resources that are destinations by themselves. */
export type ServiceKind = "MeshService" | "MeshExternalService";

/** The destinations of one kind in a mesh, and how they are found. */
export interface ServiceTable<R extends Resource> {
  readonly all: ImmutableMap<string, R>;
  readonly byLabel: ImmutableMap<string, ImmutableMap<string, R>>;
  /** By display name. */
  readonly byName: ImmutableMap<string, ImmutableMap<string, R>>;
}

export function meshServices({ services, index }: MeshWorld): ServiceTable<MeshService> {
  return { all: services, byLabel: index.servicesByLabel, byName: index.servicesByName };
}

export function meshExternalServices({ externalServices, index }: MeshWorld): ServiceTable<MeshExternalService> {
  return { all: externalServices, byLabel: index.externalServicesByLabel, byName: index.externalServicesByName };
}

/** How a backendRef finds its service: by a name, in the caller's namespace first, or by labels. */
export type ServiceRef =
  | { readonly kind: "named"; readonly name: string; readonly namespace: string }
  | { readonly kind: "labelled"; readonly labels: Labels };

/** What was read for a ref, and the service that it means; undefined when there is none. */
export interface PickedService<R extends Resource> {
  readonly readFrom: readonly unknown[];
  readonly service: R | undefined;
}

export function pickService<R extends Resource>(table: ServiceTable<R>, ref: ServiceRef): PickedService<R> {
  if (ref.kind === "named") {
    const { readFrom, items } = named(table, ref.name);
    return { readFrom, service: pickNamed(items, ref.name, ref.namespace) };
  }
  const { readFrom, items } = labelled(table, ref.labels);
  return { readFrom, service: pickLabelled(items, ref.labels) };
}

function named<R extends Resource>({ all, byName }: ServiceTable<R>, name: string): Candidates<R> {
  const exact = all.get(name);
  const displayed = byName.get(name);
  return { readFrom: [exact, displayed], items: [...(exact === undefined ? [] : [exact]), ...(displayed?.values() ?? [])] };
}

function labelled<R extends Resource>(table: ServiceTable<R>, labels: Labels): Candidates<R> {
  const name = labelOf(labels, labelNames.displayName);
  if (name !== undefined && name !== "*") return named(table, name);
  return withPairs(table.all, table.byLabel, labels);
}

/** In the caller's own namespace; else the one whose full name it is. */
function pickNamed<R extends Resource>(services: Iterable<R>, name: string, namespace: string): R | undefined {
  const all = [...services].sort(byName);
  const near = all.find((service) => displayNameOf(service) === name && namespaceOf(service) === namespace);
  return near ?? all.find((service) => service.name === name);
}

/** The oldest: a service that is added later takes nobody's traffic away (Kuma 2.14). */
function pickLabelled<R extends Resource>(services: Iterable<R>, labels: Labels): R | undefined {
  const fitting = [...services].filter((service) => matchesLabels(labels, labelsWithName(service)));
  return fitting.sort((a, b) => compareTexts(a.creationTime ?? "", b.creationTime ?? "") || byName(a, b))[0];
}

function byName(a: Resource, b: Resource): number {
  return compareTexts(a.name, b.name);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
