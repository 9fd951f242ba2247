import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { shortNameOf } from "../../model/short-names.ts";
import { meshHealthCheckConfNotices } from "./conf-notices.ts";
import { meshHealthCheckNotices } from "./notices.ts";
import { planMeshHealthCheck } from "./plan.ts";
import { meshHealthCheckSchema } from "./schema.ts";
import { validateMeshHealthCheck } from "./validate.ts";

/** MeshHealthCheck: active health checks of the services that a proxy calls. */
export const meshHealthCheckKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshHealthCheck",
  path: "meshhealthchecks",
  scope: "Mesh",
  shortName: shortNameOf("MeshHealthCheck"),
  singularDisplayName: "Mesh Health Check",
  pluralDisplayName: "Mesh Health Checks",
  specSchema: meshHealthCheckSchema,
  fieldsAtTop: false,
  lists: ["to"],
  validate: validateMeshHealthCheck,
  normalize: normalizeTargetRefs,
  outbound: { planConf: (conf, context) => planMeshHealthCheck(conf, context), confNotices: (conf, context) => meshHealthCheckConfNotices(conf, context) },
  staticNotices: meshHealthCheckNotices,
});
