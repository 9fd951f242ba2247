import { asObject, asString, ownField } from "../../base/json.ts";

/** What the API server asks of a webhook (admission.k8s.io/v1, AdmissionRequest), as far as it matters here. */
export interface AskedObject {
  /** To be said again in the answer. */
  readonly uid: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly group: string;
  /** `MeshHealthCheck` */
  readonly kind: string;
  /** Empty for the object itself; `status`, `ephemeralcontainers` and the like. */
  readonly subresource: string;
  /** Empty where the API server makes it up (`generateName`). */
  readonly name: string;
  readonly namespace: string;
  /** Who asks the API server. */
  readonly user: string;
  /** The object as it would be stored; undefined for DELETE. */
  readonly object: unknown;
  /** The object as it is stored; undefined for CREATE. */
  readonly before: unknown;
}

const operations: readonly string[] = ["CREATE", "UPDATE", "DELETE", "CONNECT"];

/** Reads an AdmissionReview; a sentence when it is none that can be answered. */
export function readReview(body: unknown): AskedObject | string {
  const review = asObject(body);
  if (text(review, "kind") !== "AdmissionReview") return "the body is no AdmissionReview";
  const version = text(review, "apiVersion");
  if (version !== "admission.k8s.io/v1") return `only admission.k8s.io/v1 is answered here, not ${JSON.stringify(version.slice(0, 80))}`;
  const request = asObject(ownField(review, "request"));
  const [uid, operation] = [text(request, "uid"), text(request, "operation")];
  if (request === undefined || uid === "" || !operations.includes(operation)) return "the AdmissionReview has no request with a uid and an operation";
  const kind = asObject(ownField(request, "kind"));
  return {
    uid,
    operation: operation as AskedObject["operation"],
    group: text(kind, "group"),
    kind: text(kind, "kind"),
    subresource: text(request, "subResource"),
    name: text(request, "name"),
    namespace: text(request, "namespace"),
    user: text(asObject(ownField(request, "userInfo")), "username"),
    object: ownField(request, "object") ?? undefined,
    before: ownField(request, "oldObject") ?? undefined,
  };
}

function text(object: Readonly<Record<string, unknown>> | undefined, field: string): string {
  return asString(ownField(object, field)) ?? "";
}
