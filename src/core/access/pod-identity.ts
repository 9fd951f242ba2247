import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { ShowingProxy } from "./fits-proxy.ts";
import type { TokenRefusal } from "./refusal.ts";

/** A pod, as the Kubernetes API server knows it by its service account token. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly serviceAccount: string;
}

/** What the API server says beside the user of a token that is bound to a pod (Kubernetes' `authentication.kubernetes.io`). */
const podName = "authentication.kubernetes.io/pod-name";
const podUid = "authentication.kubernetes.io/pod-uid";

/**
 * The pod that a TokenReview (authentication.k8s.io/v1) is about, from its `status`. The audience has to be among those that the
 * API server confirms: one that does not know of audiences confirms none, and then the token may be meant for anybody.
 */
export function podOfReview(status: unknown, audience: string): PodIdentity | TokenRefusal {
  const answer = asObject(status);
  if (ownField(answer, "authenticated") !== true) return refusalOf(asString(ownField(answer, "error")) ?? "");
  if (asArray(ownField(answer, "audiences"))?.includes(audience) !== true) return "not for this audience";
  const user = asObject(ownField(answer, "user"));
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(asString(ownField(user, "username")) ?? "") ?? [];
  const extra = asObject(ownField(user, "extra"));
  const [name, uid] = [only(ownField(extra, podName)), only(ownField(extra, podUid))];
  if (namespace === undefined || serviceAccount === undefined || name === undefined || uid === undefined) return "not for a pod";
  return { name, namespace, uid, serviceAccount };
}

/** The API server says so only of tokens that it has signed. */
function refusalOf(error: string): TokenRefusal {
  if (error.includes('token has expired')) return "expired";
  return error.includes('invalid for the target audiences') ? "not for this audience" : "not valid";
}

function only(values: unknown): string | undefined {
  const list = asArray(values) ?? [];
  const value = list.length === 1 ? asString(list[0]) : undefined;
  return value === "" ? undefined : value;
}

/**
 * Whether a pod may have the configuration of this proxy: the one that is derived from it, whose name is `<pod>.<namespace>`. Which
 * mesh a pod is in is told by its Dataplane, of which there is one; in another mesh there is nothing to be had under that name.
 */
export function refusalForPod(pod: PodIdentity, { name }: ShowingProxy): TokenRefusal | undefined {
  return name === `${pod.name}.${pod.namespace}` ? undefined : "not for this proxy";
}

/** What a service account token says of itself; nothing is known yet of who wrote that. */
export interface PodClaims {
  readonly audiences: readonly string[];
  /** When it expires, by its own word. */
  readonly expiresMs: number | undefined;
}

/** Reads the claims of a token as Kubernetes makes them for pods; undefined for any other. */
export function readPodClaims(payload: unknown): PodClaims | undefined {
  const claims = asObject(payload);
  if (asObject(ownField(claims, "kubernetes.io")) === undefined) return undefined;
  const aud = ownField(claims, "aud");
  const audiences = (asArray(aud) ?? [aud]).filter((each): each is string => typeof each === "string");
  const exp = ownField(claims, "exp");
  return { audiences, expiresMs: typeof exp === "number" ? exp * 1000 : undefined };
}
