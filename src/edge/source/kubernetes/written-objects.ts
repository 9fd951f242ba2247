import type { Notice } from "../../../core/base/notice.ts";
import { creationOf } from "../../../core/kubernetes/derived-labels.ts";
import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { readObject, type ObjectReading } from "../../../core/kubernetes/read-object.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { objectText } from "../../kube-client/follow.ts";
import type { KubeKind } from "../../kube-client/port.ts";
import { keyOf } from "../key-of.ts";
import type { Problem } from "../port.ts";
import { compareTexts } from "../resource-table.ts";

/** What changed among the resources that people wrote. */
export interface WrittenChanges {
  readonly changed: readonly Resource[];
  readonly removed: readonly ResourceKey[];
}

/** Objects of ours as resources: the last good version of each, and what is wrong with those that are not good now. */
export interface WrittenObjects {
  /** All objects of a kind, as they are now. */
  replace(kind: KubeKind, objects: readonly KubeObject[]): WrittenChanges;
  apply(kind: KubeKind, changed: readonly KubeObject[], removed: readonly KubeObject[]): WrittenChanges;
  problems(): readonly Problem[];
  notices(): readonly Notice[];
}

/** One object: what it last was when it was good, and what it says now. */
interface Written {
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly resource?: Resource;
  readonly notices: readonly Notice[];
  readonly problem?: Problem;
}

export function createWrittenObjects(reading: ObjectReading): WrittenObjects {
  const written = new Map<string, Written>();
  const problematic = new Set<string>();
  const noticed = new Set<string>();
  const put = (origin: string, after: Written | undefined): void => {
    if (after === undefined) written.delete(origin);
    else written.set(origin, after);
    toggle(problematic, origin, after?.problem !== undefined);
    toggle(noticed, origin, (after?.notices.length ?? 0) > 0);
  };
  const take = (kind: KubeKind, object: KubeObject, changes: Changes): void => {
    const origin = originOf(kind, object);
    const before = written.get(origin);
    const { uid, resourceVersion } = object.metadata;
    if (before !== undefined && before.uid === uid && before.resourceVersion === resourceVersion) return;
    const after = read(kind, object, origin, before, reading);
    put(origin, after);
    changes.move(before?.resource, after.resource);
  };
  const drop = (origin: string, changes: Changes): void => {
    const before = written.get(origin);
    put(origin, undefined);
    changes.move(before?.resource, undefined);
  };
  return {
    replace: (kind, objects) => {
      const changes = createChanges();
      const there = new Set(objects.map((object) => originOf(kind, object)));
      for (const origin of written.keys()) if (origin.startsWith(`${kind.kind} `) && !there.has(origin)) drop(origin, changes);
      for (const object of objects) take(kind, object, changes);
      return changes.all();
    },
    apply: (kind, changed, removed) => {
      const changes = createChanges();
      for (const object of removed) drop(originOf(kind, object), changes);
      for (const object of changed) take(kind, object, changes);
      return changes.all();
    },
    problems: () => [...problematic].sort(compareTexts).flatMap((origin) => written.get(origin)?.problem ?? []),
    notices: () => [...noticed].sort(compareTexts).flatMap((origin) => written.get(origin)?.notices ?? []),
  };
}

/** `MeshHealthCheck shop/web` */
function originOf({ kind }: KubeKind, { metadata }: KubeObject): string {
  return `${kind} ${objectText(metadata)}`;
}

/** What an object is now. One that cannot be taken keeps what it was, as long as it is the same object and not one made anew. */
function read({ kind, group, version }: KubeKind, object: KubeObject, origin: string, before: Written | undefined, reading: ObjectReading): Written {
  const { uid, resourceVersion } = object.metadata;
  // Items of a list come without the type that they share.
  const parsed = readObject({ apiVersion: `${group}/${version}`, kind, ...object }, reading);
  const facts = { uid, resourceVersion };
  if (parsed.ok) {
    return { ...facts, resource: Object.freeze({ ...parsed.resource, ...creationOf(object) }), notices: parsed.notices };
  }
  const kept = before?.uid === uid ? before?.resource : undefined;
  const key = parsed.key === undefined ? {} : { key: parsed.key };
  const keeps = kept === undefined ? {} : { kept: [keyOf(kept)] };
  return { ...facts, ...(kept === undefined ? {} : { resource: kept }), notices: [], problem: { origin, ...key, violations: parsed.violations, ...keeps } };
}

function toggle(set: Set<string>, origin: string, is: boolean): void {
  if (is) set.add(origin);
  else set.delete(origin);
}

/** Collects changes; what one object leaves another may take. */
interface Changes {
  move(before: Resource | undefined, after: Resource | undefined): void;
  all(): WrittenChanges;
}

function createChanges(): Changes {
  const changed = new Map<string, Resource>();
  const removed = new Map<string, ResourceKey>();
  return {
    move: (before, after) => {
      if (before === after) return;
      if (before !== undefined && (after === undefined || keyText(before) !== keyText(after))) removed.set(keyText(before), keyOf(before));
      if (after === undefined) return;
      removed.delete(keyText(after));
      changed.set(keyText(after), after);
    },
    all: () => ({ changed: [...changed.values()], removed: [...removed.values()] }),
  };
}
