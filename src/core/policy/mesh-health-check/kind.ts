import type { PolicyKind } from "../kind.ts";
import { shortNameOf } from "../../model/short-names.ts";
import type { MeshHealthCheckConf } from "./conf.ts";
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
  hasTo: true,
  validate: validateMeshHealthCheck,
  normalize: (spec) => spec,
  planConf: (conf, context) => planMeshHealthCheck(conf as MeshHealthCheckConf, context),
  confNotices: (conf, context) => meshHealthCheckConfNotices(conf as MeshHealthCheckConf, context),
  staticNotices: meshHealthCheckNotices,
});
