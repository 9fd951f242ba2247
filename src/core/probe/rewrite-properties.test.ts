import assert from "node:assert/strict";
import fc from "fast-check";
import { anyContainer } from "../../../test/kit/random-pods.ts";
import { equalJson } from "../base/equal-json.ts";
import { containersOf } from "./find-sidecar.ts";
import type { PodTemplate, ProbeSpec } from "./pod-spec.ts";
import { keyOfRequest } from "./probe-path.ts";
import { probeSlots } from "./probe-slots.ts";
import type { Prober } from "./prober.ts";
import { decodeProbers } from "./probers-text.ts";
import { rewritePod } from "./rewrite-pod.ts";

const pod: fc.Arbitrary<PodTemplate> = fc
  .tuple(fc.array(anyContainer, { maxLength: 4 }), fc.array(anyContainer, { maxLength: 2 }), fc.nat(), fc.boolean())
  .map(([containers, initContainers, at, isNative]) => {
    const [list, others] = isNative ? [initContainers, containers] : [containers, initContainers];
    const joined = list.toSpliced(at % (list.length + 1), 0, { name: "istio-proxy" });
    return { spec: isNative ? { containers: others, initContainers: joined } : { containers: joined, initContainers: others } };
  });

const options = { sidecarName: "istio-proxy", rewriteByDefault: true, defaultStatusPort: 15_020 };

/** A probe or hook before and after. */
interface Change {
  readonly then: ProbeSpec;
  readonly now: ProbeSpec;
}

function changesOf(before: PodTemplate, after: PodTemplate): Change[] {
  const then = containersOf(before);
  return containersOf(after).flatMap((container, i) => {
    const pairs = probeSlots.map((slot) => ({ now: slot.read(container) ?? {}, then: slot.read(then[i]!) ?? {} }));
    return pairs.filter((pair) => !equalJson(pair.now, pair.then));
  });
}

/** What a probe and its prober have in common. */
function outlineOf(asked: Prober | ProbeSpec | undefined): unknown {
  const kinds = Object.keys(asked ?? {}).filter((kind) => ["httpGet", "tcpSocket", "grpc"].includes(kind));
  return { kinds, path: asked?.httpGet?.path ?? "", timeoutSeconds: asked?.timeoutSeconds ?? 0 };
}

describe("rewritePod, of random pods", () => {
  it("hands the agent what it can read, and points a probe only at what it has handed over", () => {
    fc.assert(
      fc.property(pod, (original) => {
        const { pod: rewritten, violations } = rewritePod(original, options);
        assert.deepEqual(violations, []);
        const given = containersOf(rewritten).find(({ name }) => name === "istio-proxy")?.env?.[0]?.value ?? "";
        const decoded = decodeProbers(given);
        assert(decoded.ok, `${given}\n${JSON.stringify(decoded)}`);
        const changes = changesOf(original, rewritten);
        assert.equal(decoded.probers.size, changes.length);
        for (const { now, then } of changes) {
          assert.equal(now.httpGet?.port, 15_020);
          const prober = decoded.probers.get(keyOfRequest(now.httpGet.path ?? ""));
          assert.deepEqual(outlineOf(prober), outlineOf(then));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("does nothing the second time", () => {
    fc.assert(
      fc.property(pod, (original) => {
        const once = rewritePod(original, options).pod;
        assert.equal(rewritePod(once, options).pod, once);
      }),
      { numRuns: 400 },
    );
  });
});
