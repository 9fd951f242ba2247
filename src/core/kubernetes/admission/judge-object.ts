import { equalJson } from "../../base/equal-json.ts";
import { keyPath } from "../../base/field-path.ts";
import { asObject, ownField } from "../../base/json.ts";
import { labelOf } from "../../base/labels.ts";
import type { Notice } from "../../base/notice.ts";
import type { Violation } from "../../base/violation.ts";
import { immutableLabelViolations } from "../../model/immutable-labels.ts";
import type { Labels, Resource } from "../../model/resource.ts";
import { labelsOf } from "../../policy/check-meta.ts";
import type { ParseResult } from "../../policy/parse-result.ts";
import { kindNamed } from "../../policy/registry.ts";
import type { Judgement } from "./answer-review.ts";
import type { AskedObject } from "./read-review.ts";

export interface JudgeOptions {
  /** Reads an object of ours as the source does. */
  parse(object: unknown): ParseResult;
  /** What there is to tell about a resource, seen in the World that would hold it. */
  noticesOf(resource: Resource): readonly Notice[];
  /** How many proxies there are in a mesh at present. */
  proxiesIn(mesh: string): number;
}

const accepted: Judgement = { violations: [], warnings: [] };

/**
 * What a validating webhook has to say of an object of ours: all its violations; else what there is to tell about it. A change
 * that leaves alone what is judged (an annotation, a finalizer of an object that was stored while nobody looked) is never
 * refused, so that no tool is stuck with an object that only its author can mend. Nor is one of a kind that is not known here:
 * a newer control plane may know it.
 */
export function judgeObject(asked: AskedObject, options: JudgeOptions): Judgement {
  if (asked.operation === "DELETE") return judgeDelete(asked, options);
  if (asked.operation === "CONNECT" || isBeingDeleted(asked.object)) return accepted;
  if (kindNamed(asked.kind) === undefined) return { violations: [], warnings: [`${asked.kind} is not known to this control plane, so that it does nothing`] };
  const parsed = options.parse(asked.object);
  const labels = labelsIn(asked.object);
  const violations = [...(parsed.ok ? [] : parsed.violations), ...immutableLabelViolations(labels, labelsIn(asked.before), "metadata.labels")];
  if (violations.length > 0) return leavesAlone(asked) ? { violations: [], warnings: violations.map(stillInvalid) } : { violations, warnings: [] };
  if (!parsed.ok) return accepted;
  const notices = [...parsed.notices, ...options.noticesOf(parsed.resource)].map(lineOf);
  return { violations: [], warnings: [...overwritten(labels, parsed.resource.labels), ...notices] };
}

/** A Mesh stays while there are proxies in it, as in Kuma: without it they would lose what they were given. */
function judgeDelete({ kind, name }: AskedObject, { proxiesIn }: JudgeOptions): Judgement {
  if (kind !== "Mesh" || proxiesIn(name) === 0) return accepted;
  return { violations: [{ path: "mesh", message: "unable to delete mesh, there are still some dataplanes attached" }], warnings: [] };
}

function isBeingDeleted(object: unknown): boolean {
  return (ownField(asObject(ownField(asObject(object), "metadata")), "deletionTimestamp") ?? undefined) !== undefined;
}

/** True when what is judged is as it was before. */
function leavesAlone({ operation, object, before }: AskedObject): boolean {
  if (operation !== "UPDATE") return false;
  const [spec, old] = [object, before].map((each) => ownField(asObject(each), "spec"));
  return equalJson(spec, old) && equalJson(labelsIn(object), labelsIn(before));
}

function labelsIn(object: unknown): Labels {
  return labelsOf(ownField(asObject(ownField(asObject(object), "metadata")), "labels"));
}

function stillInvalid(violation: Violation): string {
  return `is invalid already, and stays so: ${lineOf(violation)}`;
}

/** Labels that the control plane works out itself, where the author wrote something else. */
function overwritten(written: Labels, final: Labels): readonly string[] {
  return Object.entries(written).flatMap(([label, value]) => {
    const used = labelOf(final, label);
    if (used === undefined || used === value) return [];
    return [lineOf({ path: keyPath("metadata.labels", label), message: `is worked out by the control plane, and taken as ${JSON.stringify(used)}` })];
  });
}

function lineOf({ path, message }: { readonly path: string; readonly message: string }): string {
  return path === "" ? message : `${path}: ${message}`;
}
