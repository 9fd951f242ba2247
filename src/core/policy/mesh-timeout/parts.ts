import type { PolicyParts } from "../policy-schema.ts";
import type { PolicyChecks } from "../validate-policy.ts";
import { callerRules, confSchema } from "./conf-schema.ts";
import { validateItem } from "./validate-conf.ts";

/** The shape of the spec, as Kuma 2.14 has it. */
export const meshTimeoutParts: PolicyParts = {
  description: "Says how long things may take: connecting, requests, and connections on which nothing happens.",
  targetRef: "The proxies whose traffic it is. Default: all of the mesh.",
  to: { description: "What leaves the proxies: services that they call, and what holds for each.", targetRef: "The services that are called.", conf: confSchema },
  rules: {
    description: "What comes to the proxies: what holds towards the app behind an inbound. Not together with `to` or `from`.",
    matches: "For callers that one of these fits; absent: for all. Only for http.requestTimeout and http.streamIdleTimeout; callers are known only with mutual TLS.",
    conf: confSchema,
    itemRules: callerRules,
  },
  from: { description: "As Kuma had it before `rules`: each entry is like one of `rules`.", targetRef: "Mesh: whoever calls.", kinds: ["Mesh"], conf: confSchema },
  someListRequired: true,
};

/** What the schema cannot say. */
export const meshTimeoutChecks: PolicyChecks = { lists: ["to", "rules", "from"], someListRequired: true, kinds: { from: ["Mesh"] }, validateItem };
