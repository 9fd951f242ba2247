import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { defaultInjectionSettings } from "../../core/injection/settings.ts";
import { decodeProbers } from "../../core/probe/probers-text.ts";
import { keyOfRequest } from "../../core/probe/probe-path.ts";
import { probeSlots } from "../../core/probe/probe-slots.ts";
import type { PodTemplate } from "../../core/probe/pod-spec.ts";
import { readWhole } from "../../edge/source/read-documents.ts";
import { anyContainer } from "../../../test/kit/random-pods.ts";
import { injectText, type Remark } from "./inject-text.ts";
import { textPieces } from "./text-pieces.ts";

const settings = { ...defaultInjectionSettings, enableNamespacesByDefault: true };

function inject(text: string): { readonly text: string; readonly remarks: readonly Remark[] } {
  const pieces = textPieces(text).map((piece) => ({ piece, read: readWhole(piece.document, "here") }));
  const remarks: Remark[] = [];
  return { text: injectText({ text, pieces }, { namespace: "shop", namespaces: new Map(), settings }, remarks), remarks };
}

interface Deployment {
  readonly spec: { readonly template: PodTemplate };
}

const deployment = fc.record({ containers: fc.array(anyContainer, { minLength: 1, maxLength: 3 }) }, { noNullPrototype: true }).map((spec) => {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { template: { metadata: {}, spec } } };
});

describe("injectText", () => {
  it("writes what the agent can read, the same in YAML and in JSON, for any pod", () => {
    fc.assert(
      fc.property(deployment, (object) => {
        const [yaml, json] = [inject(stringify(object)), inject(JSON.stringify(object))];
        const result = JSON.parse(json.text) as Deployment;
        assert.deepEqual(parse(yaml.text, { merge: true }), result);
        assert.deepEqual(yaml.remarks, json.remarks);
        const containers = result.spec.template.spec?.containers ?? [];
        const variable = containers.find(({ name }) => name === "istio-proxy")?.env?.find(({ name }) => name === "ISTIO_KUBE_APP_PROBERS");
        const decoded = decodeProbers(variable?.value ?? "");
        assert(decoded.ok, JSON.stringify(decoded));
        const asked = containers.flatMap((container) => probeSlots.map((slot) => slot.read(container)?.httpGet));
        const keys = asked.filter((httpGet) => httpGet?.port === 15_020).map((httpGet) => keyOfRequest(httpGet?.path ?? ""));
        for (const key of decoded.probers.keys()) assert(keys.includes(key), key);
      }),
      { numRuns: 60 },
    );
  });
});
