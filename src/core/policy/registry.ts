import { dataplaneKind } from "../model/dataplane-kind.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import { meshKind } from "../model/mesh-kind.ts";
import { meshExternalServiceKind } from "../model/mesh-external-service-kind.ts";
import { meshServiceKind } from "../model/mesh-service-kind.ts";
import { globalSecretKind, secretKind } from "../model/secret-kind.ts";
import type { PolicyKind } from "./kind.ts";
import { meshCircuitBreakerKind } from "./mesh-circuit-breaker/kind.ts";
import { meshHealthCheckKind } from "./mesh-health-check/kind.ts";
import { meshRetryKind } from "./mesh-retry/kind.ts";
import { meshTimeoutKind } from "./mesh-timeout/kind.ts";
import { meshTlsKind } from "./mesh-tls/kind.ts";
import { meshTrafficPermissionKind } from "./mesh-traffic-permission/kind.ts";

/** Every kind of policy. A new one is one line here. */
export const policyKinds: readonly PolicyKind[] = [meshHealthCheckKind, meshTimeoutKind, meshCircuitBreakerKind, meshRetryKind, meshTlsKind, meshTrafficPermissionKind];

/** Every kind of resource: what documents may be, what the API serves. */
export const resourceKinds: readonly ResourceKindDescriptor[] = [meshKind, dataplaneKind, meshServiceKind, meshExternalServiceKind, secretKind, globalSecretKind, ...policyKinds];

const byKind = new Map(resourceKinds.map((kind) => [kind.kind, kind]));
const byPath = new Map(resourceKinds.map((kind) => [kind.path, kind]));
const policyByKind = new Map(policyKinds.map((kind) => [kind.kind, kind]));

/** The kind of this name (`Dataplane`). */
export function kindNamed(kind: string): ResourceKindDescriptor | undefined {
  return byKind.get(kind);
}

/** The kind of this path segment (`dataplanes`). */
export function kindByPath(path: string): ResourceKindDescriptor | undefined {
  return byPath.get(path);
}

/** The kind of policy of this name; undefined for resources that are no policies. */
export function policyKindNamed(kind: string): PolicyKind | undefined {
  return policyByKind.get(kind);
}
