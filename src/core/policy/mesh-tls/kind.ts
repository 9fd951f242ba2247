import { shortNameOf } from "../../model/short-names.ts";
import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { listsOf, policySchema } from "../policy-schema.ts";
import { meshTlsParts, validateMeshTls } from "./parts.ts";
import { meshTlsNotices, planMeshTls } from "./plan.ts";

/** MeshTLS: how inbounds take mutual TLS where the Mesh has it. It plans where no policy is as well: then the Mesh alone decides. */
export const meshTlsKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshTLS",
  path: "meshtlses",
  scope: "Mesh",
  shortName: shortNameOf("MeshTLS"),
  singularDisplayName: "Mesh TLS",
  pluralDisplayName: "Mesh TLSes",
  specSchema: policySchema(meshTlsParts),
  fieldsAtTop: false,
  lists: listsOf(meshTlsParts),
  validate: validateMeshTls,
  normalize: normalizeTargetRefs,
  inbound: { planInbound: planMeshTls, inboundNotices: meshTlsNotices },
  plansWithoutPolicy: true,
  staticNotices: () => [],
});
