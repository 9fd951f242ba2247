import type { RequestRetryPlan } from "../../model/retry-plan.ts";
import { idempotentMethods } from "./retry-conditions.ts";

/** What a block of a MeshRetry leaves out, as Kuma documents it. Filled in once, in the plan; never written into a stored policy. */
export const meshRetryDefaults = {
  retries: 1,
  /** Where `retryOn` is absent or names only methods and statuses. */
  conditions: {
    http: ["gateway-error", "connect-failure", "refused-stream"],
    grpc: ["cancelled", "connect-failure", "gateway-error", "refused-stream", "reset", "resource-exhausted", "unavailable"],
  },
  /** Where a back-off says no base interval: Envoy's own. */
  backOffBaseMs: 25,
  updateFrequency: 2,
} as const;

/** What the sidecar of ASM and of Istio before 1.24 tried again, without the status 503. */
const sidecarConditions: readonly string[] = ["connect-failure", "refused-stream", "unavailable", "cancelled"];

const sidecarRetries: Pick<RequestRetryPlan, "retries" | "avoidPreviousHosts" | "hostSelectionAttempts"> = {
  retries: 2,
  avoidPreviousHosts: true,
  hostSelectionAttempts: 5,
};

/** The sidecar's default as the guides print it: for requests of every method, status 503 included. */
export const allMethodsDefault: readonly RequestRetryPlan[] = [
  { conditions: [...sidecarConditions, "retriable-status-codes"], statuses: [503], ...sidecarRetries },
];

/**
 * The same where it is safe. A request of an idempotent method may reach the app twice, so a connection that ends and a 503 are tried again
 * too; of all others, only what the app has not begun to carry out or says itself that it has not (gRPC).
 */
export const byMethodDefault: readonly RequestRetryPlan[] = [
  { methods: idempotentMethods, conditions: [...sidecarConditions, "retriable-status-codes", "reset"], statuses: [503], ...sidecarRetries },
  { conditions: sidecarConditions, statuses: [], ...sidecarRetries },
];
