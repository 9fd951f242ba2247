import { encodeBase64 } from "../../base/base64.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";
import type { PatchOperation } from "./patch-between.ts";
import type { AskedObject } from "./read-review.ts";
import { shownWarnings } from "./shown-warnings.ts";

/** What was found: with a violation the object is refused. */
export interface Judgement {
  readonly violations: readonly Violation[];
  /** One line each. */
  readonly warnings: readonly string[];
  /** What a mutating webhook makes of the object. */
  readonly patch?: readonly PatchOperation[];
}

/** The API server shows the message of a refusal whole; causes are what kubectl makes its list of. */
const maxMessageLength = 8_000;

/**
 * The answer to an AdmissionReview (admission.k8s.io/v1): a refusal is 422 `Invalid` with a cause for every violation, as the API
 * server itself refuses what does not fit a schema and as Kuma does, so that kubectl lists them all; warnings go along in any case, a patch with what is allowed.
 */
export function answerReview(asked: AskedObject, { violations, warnings, patch = [] }: Judgement): JsonObject {
  const shown = shownWarnings(warnings);
  const response = {
    uid: asked.uid,
    allowed: violations.length === 0,
    ...(violations.length === 0 ? {} : { status: refusal(asked, violations) }),
    ...(violations.length > 0 || patch.length === 0 ? {} : { patchType: "JSONPatch", patch: encodeBase64(new TextEncoder().encode(JSON.stringify(patch))) }),
    ...(shown.length === 0 ? {} : { warnings: shown }),
  };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

function refusal({ group, kind, name }: AskedObject, violations: readonly Violation[]): JsonObject {
  const message = violations.map(line).join("; ");
  const causes = violations.map(({ path, message: said }) => ({ reason: "FieldValueInvalid", field: path, message: said }));
  return {
    apiVersion: "v1",
    kind: "Status",
    status: "Failure",
    code: 422,
    reason: "Invalid",
    message: message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)} …` : message,
    details: { group, kind, name, causes },
  };
}

function line({ path, message }: Violation): string {
  return path === "" ? message : `${path}: ${message}`;
}
