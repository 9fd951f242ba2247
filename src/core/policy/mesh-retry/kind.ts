import { shortNameOf } from "../../model/short-names.ts";
import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { meshRetryConfNotices } from "./conf-notices.ts";
import { meshRetryNotices } from "./notices.ts";
import { planMeshRetry } from "./plan.ts";
import { meshRetrySchema } from "./schema.ts";
import { validateMeshRetry } from "./validate.ts";

/** MeshRetry: what is tried again of what a proxy sends. */
export const meshRetryKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshRetry",
  path: "meshretries",
  scope: "Mesh",
  shortName: shortNameOf("MeshRetry"),
  singularDisplayName: "Mesh Retry",
  pluralDisplayName: "Mesh Retries",
  specSchema: meshRetrySchema,
  fieldsAtTop: false,
  lists: ["to"],
  validate: validateMeshRetry,
  normalize: normalizeTargetRefs,
  outbound: { planConf: (conf, context) => planMeshRetry(conf, context), confNotices: (conf, context) => meshRetryConfNotices(conf, context) },
  plansWithoutPolicy: true,
  staticNotices: meshRetryNotices,
});
