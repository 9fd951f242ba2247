import type { Resource } from "./resource.ts";

/** What a Mesh may say. Mutual TLS comes with its own issue; other fields of Kuma's are accepted and kept. */
export interface MeshSpec {
  readonly skipCreatingInitialPolicies?: readonly string[];
  readonly [other: string]: unknown;
}

export type Mesh = Resource<"Mesh", MeshSpec>;
