import type { KubeKind, ListOptions, ObjectName, ObjectSelection, WriteOptions } from "./port.ts";

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of a kind, or of one object of it: `/apis/kuma.io/v1alpha1/namespaces/shop/meshhealthchecks/web/status`. */
export function objectPath(kind: KubeKind, at: Partial<ObjectName>, query: Query = {}, subresource?: string): string {
  const group = kind.group === "" ? "/api" : `/apis/${kind.group}`;
  const parts = [
    ...(kind.namespaced && at.namespace !== undefined ? ["namespaces", at.namespace] : []),
    kind.plural,
    ...(at.name === undefined ? [] : [at.name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`]));
  return `${group}/${kind.version}/${parts.map(encodeURIComponent).join("/")}${given.length === 0 ? "" : `?${given.join("&")}`}`;
}

export function listQuery({ limit, continueToken, resourceVersion, ...selection }: ListOptions): Query {
  return { ...selectionQuery(selection), limit, continue: continueToken, resourceVersion };
}

export function selectionQuery({ labelSelector, fieldSelector }: ObjectSelection): Query {
  return { labelSelector, fieldSelector };
}

export function writeQuery({ fieldManager, dryRun }: WriteOptions): Query {
  return { fieldManager: fieldManager ?? "probeplane", dryRun: dryRun === true ? "All" : undefined };
}
