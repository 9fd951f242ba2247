import type { ResourceKey } from "../../../core/model/resource.ts";
import { KubeError } from "../../kube-client/kube-error.ts";
import { StoreConflict, StoreUnavailable, type StoreUnavailableReason } from "../store-error.ts";

/** What a failed write is to whoever asked for it. `storedTime`: when what is there was modified. */
export function failureOf(error: unknown, key: ResourceKey, storedTime: string | undefined): unknown {
  if (!(error instanceof KubeError)) return error;
  if (error.status === 409) return new StoreConflict(key, storedTime ?? "", storedTime);
  return new StoreUnavailable(reasonOf(error), `Kubernetes: ${error.message}`, { cause: error });
}

function reasonOf({ status, reason }: KubeError): StoreUnavailableReason {
  if (reason === "Closed") return "closed";
  return status === 0 || status === 429 || status >= 500 ? "unreachable" : "denied";
}
