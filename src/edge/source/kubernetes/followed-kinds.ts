import type { ResourceKindDescriptor } from "../../../core/model/kind.ts";
import { resourceKinds } from "../../../core/policy/registry.ts";

/** Kinds that people write as objects. Dataplanes are derived; secrets are Secrets. */
export const writtenKinds: readonly ResourceKindDescriptor[] = resourceKinds.filter(({ kind, sensitive }) => kind !== "Dataplane" && sensitive !== true);
