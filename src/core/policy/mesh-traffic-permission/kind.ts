import { shortNameOf } from "../../model/short-names.ts";
import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { listsOf, policySchema } from "../policy-schema.ts";
import { validatePolicy } from "../validate-policy.ts";
import { meshTrafficPermissionChecks, meshTrafficPermissionParts } from "./parts.ts";
import { meshTrafficPermissionNotices, planMeshTrafficPermission } from "./plan.ts";

/** MeshTrafficPermission: who may call an inbound. */
export const meshTrafficPermissionKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshTrafficPermission",
  path: "meshtrafficpermissions",
  scope: "Mesh",
  shortName: shortNameOf("MeshTrafficPermission"),
  singularDisplayName: "Mesh Traffic Permission",
  pluralDisplayName: "Mesh Traffic Permissions",
  specSchema: policySchema(meshTrafficPermissionParts),
  fieldsAtTop: false,
  lists: listsOf(meshTrafficPermissionParts),
  validate: (spec) => validatePolicy(spec, meshTrafficPermissionChecks),
  normalize: normalizeTargetRefs,
  inbound: { planInbound: planMeshTrafficPermission, inboundNotices: meshTrafficPermissionNotices, keepsEntries: true },
  staticNotices: () => [],
});
