import assert from "node:assert/strict";
import { kindNamed } from "../../src/core/policy/registry.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import { circuitBreakerRules } from "./circuit-breaker-rules.ts";
import { healthCheckRules } from "./health-check-rules.ts";
import { inboundRules } from "./inbound-rules.ts";
import { meshTlsRules } from "./mesh-tls-rules.ts";
import { mtlsRules } from "./mtls-rules.ts";
import { permissionRules } from "./permission-rules.ts";
import type { RuleCase } from "./rule-case.ts";
import { retryRules } from "./retry-rules.ts";
import { serviceRules } from "./service-rules.ts";
import { targetRefRules } from "./target-ref-rules.ts";
import { timeoutRules } from "./timeout-rules.ts";

interface Refusal {
  readonly message: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message: string }[] };
}

const cases = [...circuitBreakerRules, ...healthCheckRules, ...inboundRules, ...meshTlsRules, ...mtlsRules, ...permissionRules, ...retryRules, ...targetRefRules, ...timeoutRules, ...serviceRules];

describe("what the API server refuses by itself, by the schemas and rules of crds/", () => {
  let api: ApiServer;
  let namespace: string;
  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
    namespace = await api.createNamespace("rules");
  });

  function documentOf({ kind, spec }: RuleCase): Readonly<Record<string, unknown>> {
    const global = kindNamed(kind)?.scope === "Global";
    return { apiVersion: "kuma.io/v1alpha1", kind, metadata: { name: "a", ...(global ? {} : { namespace }) }, ...(spec === undefined ? {} : { spec }) };
  }

  /** What it says to an object, without keeping it. */
  async function refusals(each: RuleCase): Promise<readonly string[]> {
    const kind = kindNamed(each.kind);
    const at = kind?.scope === "Global" ? "" : `/namespaces/${namespace}`;
    const body = documentOf(each);
    const answer = await api.request("POST", `/apis/kuma.io/v1alpha1${at}/${kind?.path ?? ""}?dryRun=All&fieldValidation=Strict`, { body });
    return answer.status === 201 ? [] : textsOf(answer.body as Refusal);
  }

  for (const each of cases) {
    it(`${each.refused.length === 0 ? "accepts" : "refuses"}: ${each.kind} with ${each.name}`, async () => {
      assert.deepEqual([...(await refusals(each))].sort(), [...each.refused].sort());
      const parsed = parseResource(documentOf(each));
      const wanted = each.refused.length === 0 && each.webhookRefuses !== true;
      const unknown = each.refused.length > 0 && each.refused.every((text) => text.endsWith("unknown field"));
      assert.equal(parsed.ok, wanted || unknown, "the control plane itself sees it otherwise");
    });
  }
});

/** `field: message`, without the value and the field that the API server repeats. */
function textsOf({ message, details }: Refusal): readonly string[] {
  const unknown = /strict decoding error: (.*)$/.exec(message)?.[1];
  if (unknown !== undefined) return unknown.split(", ").map((text) => text.replace(/^unknown field "(.*)"$/, "$1: unknown field"));
  // What has no field repeats what another cause says, or tells that rules were left out after a wrong type.
  const told = (details?.causes ?? []).filter(({ field }) => field !== undefined && field !== "<nil>");
  return told.map(({ field = "", message: text }) => `${field}: ${text.replace(repeatedValue, "").replace(`${field} in body `, "")}`);
}

const repeatedValue = /^Invalid value: (("(\\.|[^"\\])*"|-?[\d.]+|true|false|null): )?/;
