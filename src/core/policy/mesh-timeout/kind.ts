import { shortNameOf } from "../../model/short-names.ts";
import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { listsOf, policySchema } from "../policy-schema.ts";
import { sameServiceTwice } from "../same-service-twice.ts";
import { validatePolicy } from "../validate-policy.ts";
import { inboundNotices, outboundNotices } from "./conf-notices.ts";
import { meshTimeoutChecks, meshTimeoutParts } from "./parts.ts";
import { planInbound, planOutbound } from "./plan.ts";

/** MeshTimeout: how long what a proxy sends, and what it hands on to its app, may take. */
export const meshTimeoutKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshTimeout",
  path: "meshtimeouts",
  scope: "Mesh",
  shortName: shortNameOf("MeshTimeout"),
  singularDisplayName: "Mesh Timeout",
  pluralDisplayName: "Mesh Timeouts",
  specSchema: policySchema(meshTimeoutParts),
  fieldsAtTop: false,
  lists: listsOf(meshTimeoutParts),
  validate: (spec) => validatePolicy(spec, meshTimeoutChecks),
  normalize: normalizeTargetRefs,
  outbound: { planConf: planOutbound, confNotices: outboundNotices },
  inbound: { planInbound, inboundNotices },
  plansWithoutPolicy: true,
  staticNotices: sameServiceTwice,
});
