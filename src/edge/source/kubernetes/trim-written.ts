import type { KubeObject } from "../../../core/kubernetes/kube-object.ts";
import { trimMetadata } from "../../../core/kubernetes/trim-metadata.ts";

/** An object of ours without who wrote which field when, and without its status, which says what we said. */
export function trimWritten(object: KubeObject): KubeObject {
  const rest = Object.entries(object).filter(([field]) => field !== "status");
  return { ...Object.fromEntries(rest), metadata: trimMetadata(object.metadata) };
}
