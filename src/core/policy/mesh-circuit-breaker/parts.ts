import { fieldPath } from "../../base/field-path.ts";
import { ownField } from "../../base/json.ts";
import type { PolicyParts } from "../policy-schema.ts";
import type { PolicyChecks } from "../validate-policy.ts";
import { confSchema } from "./conf-schema.ts";
import { validateConf } from "./validate-conf.ts";

/** The shape of the spec, as Kuma 2.14 has it. */
export const meshCircuitBreakerParts: PolicyParts = {
  description: "Limits how much proxies have under way at once, and takes endpoints out by how they answer traffic.",
  targetRef: "The proxies whose traffic it is. Default: all of the mesh.",
  to: { description: "What leaves the proxies: services that they call, and what holds for each.", targetRef: "The services that are called.", conf: confSchema },
  rules: { description: "What comes to the proxies: what holds towards the app behind an inbound. Not together with `to` or `from`.", conf: confSchema },
  from: {
    description: "As Kuma had it before `rules`: each entry is like one of `rules`.",
    targetRef: "Mesh: whoever calls.",
    kinds: ["Mesh"],
    conf: confSchema,
  },
  someListRequired: true,
};

/** What the schema cannot say. */
export const meshCircuitBreakerChecks: PolicyChecks = {
  lists: ["to", "rules", "from"],
  someListRequired: true,
  kinds: { from: ["Mesh"] },
  validateItem: (item, path) => validateConf(ownField(item, "default"), fieldPath(path, "default")),
};
