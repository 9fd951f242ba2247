import { checkSchema } from "../base/check-schema.ts";
import { asObject } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { withoutMembers } from "../base/without-members.ts";
import { withoutNulls } from "../base/without-nulls.ts";
import { podSchema } from "./pod-schema.ts";
import type { PodTemplate } from "./pod-spec.ts";

export type ReadPod = { readonly ok: true; readonly pod: PodTemplate } | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * A value as a pod: what has a type in `pod-spec.ts` is of that type, and members of `metadata` and `spec` that are null are left out;
 * all else is kept as it is. The value itself when nothing had to be left out. Violations have paths below the value.
 */
export function readPodTemplate(value: unknown): ReadPod {
  const given = asObject(value);
  if (given === undefined) return { ok: false, violations: [{ path: "", message: "must be an object" }] };
  const [metadata, spec] = [withoutNulls(given["metadata"]) ?? undefined, withoutNulls(given["spec"]) ?? undefined];
  const isSame = metadata === given["metadata"] && spec === given["spec"];
  const others = withoutMembers(given, "metadata", "spec");
  const pod = isSame ? given : { ...others, ...(metadata === undefined ? {} : { metadata }), ...(spec === undefined ? {} : { spec }) };
  const violations = checkSchema(podSchema, pod);
  return violations.length > 0 ? { ok: false, violations } : { ok: true, pod };
}
