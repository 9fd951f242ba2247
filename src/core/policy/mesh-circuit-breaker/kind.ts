import { shortNameOf } from "../../model/short-names.ts";
import type { PolicyKind } from "../kind.ts";
import { normalizeTargetRefs } from "../normalize-target-refs.ts";
import { listsOf, policySchema } from "../policy-schema.ts";
import { validatePolicy } from "../validate-policy.ts";
import { inboundNotices, outboundNotices } from "./conf-notices.ts";
import { meshCircuitBreakerNotices } from "./notices.ts";
import { meshCircuitBreakerChecks, meshCircuitBreakerParts } from "./parts.ts";
import { planMeshCircuitBreaker } from "./plan.ts";

/** MeshCircuitBreaker: limits, and passive checks, of the services that a proxy calls and of the app behind it. */
export const meshCircuitBreakerKind: PolicyKind = Object.freeze<PolicyKind>({
  kind: "MeshCircuitBreaker",
  path: "meshcircuitbreakers",
  scope: "Mesh",
  shortName: shortNameOf("MeshCircuitBreaker"),
  singularDisplayName: "Mesh Circuit Breaker",
  pluralDisplayName: "Mesh Circuit Breakers",
  specSchema: policySchema(meshCircuitBreakerParts),
  fieldsAtTop: false,
  lists: listsOf(meshCircuitBreakerParts),
  validate: (spec) => validatePolicy(spec, meshCircuitBreakerChecks),
  normalize: normalizeTargetRefs,
  outbound: { planConf: planMeshCircuitBreaker, confNotices: outboundNotices },
  inbound: { planInbound: ({ conf }) => planMeshCircuitBreaker(conf), inboundNotices: ({ conf }, context) => inboundNotices(conf, context) },
  staticNotices: meshCircuitBreakerNotices,
});
