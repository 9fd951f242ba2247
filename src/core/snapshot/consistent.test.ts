import assert from "node:assert/strict";
import { destinationPlan, proxyPlan } from "../../../test/kit/plans.ts";
import { translate, type XdsResources } from "../translate/translate.ts";
import { inconsistencies } from "./consistent.ts";
import { typeUrls } from "./snapshot.ts";

describe("inconsistencies", () => {
  const good = translate(proxyPlan([destinationPlan()]));

  const broken: readonly (readonly [what: string, resources: XdsResources, expected: readonly string[]])[] = [
    ["nothing", good, []],
    ["endpoints that are missing", { ...good, [typeUrls.endpoints]: {} }, ["no endpoints for backend"]],
    ["endpoints that nothing uses", { ...good, [typeUrls.cluster]: {} }, ["endpoints backend that nothing uses"]],
    ["routes that are missing", { ...good, [typeUrls.route]: {} }, ["no routes for inbound:localhost:8080", "no routes for outbound:backend"]],
    ["routes that nothing uses", { ...good, [typeUrls.listener]: {} }, ["routes inbound:localhost:8080 that nothing uses", "routes outbound:backend that nothing uses"]],
    ["two names for one thing", { [typeUrls.cluster]: { a: { name: "b" } } }, ["a has another name inside"]],
  ];
  for (const [what, resources, expected] of broken) {
    it(`finds ${what}`, () => { assert.deepEqual(inconsistencies(resources), expected); });
  }
});
