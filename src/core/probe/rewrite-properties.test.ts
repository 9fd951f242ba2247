import assert from "node:assert/strict";
import fc from "fast-check";
import { equalJson } from "../base/equal-json.ts";
import { containersOf } from "./find-sidecar.ts";
import type { ContainerSpec, HandlerSpec, PodTemplate, ProbeSpec } from "./pod-spec.ts";
import { keyOfRequest } from "./probe-path.ts";
import { probeSlots } from "./probe-slots.ts";
import type { Prober } from "./prober.ts";
import { decodeProbers } from "./probers-text.ts";
import { rewritePod } from "./rewrite-pod.ts";

const plain = { noNullPrototype: true } as const;
const text = fc.string({ unit: "grapheme", maxLength: 8 });
const portName = fc.constantFrom("http", "web", "grpc", "81");
const port = fc.oneof(fc.integer({ min: -1, max: 65_536 }), portName, fc.constantFrom(80, 8080, 15_020));
const host = fc.constantFrom("", "localhost", "127.0.0.1", "::1", "example.com");
const scheme = fc.constantFrom("HTTP", "HTTPS", "https", "", "ftp");
const headers = fc.array(fc.record({ name: text, value: text }, plain), { maxLength: 2 });
const path = fc.oneof(text, fc.constantFrom("/", "/ready?x=$(POD_NAME)&y=<z>", "/app-health/app/readyz"));
const handlerKinds = {
  httpGet: fc.record({ path, port, host, scheme, httpHeaders: headers }, { ...plain, requiredKeys: ["port"] }),
  tcpSocket: fc.record({ port, host }, { ...plain, requiredKeys: ["port"] }),
  grpc: fc.record({ port: fc.integer({ min: 0, max: 65_536 }), service: text }, { ...plain, requiredKeys: ["port"] }),
  exec: fc.constant({ command: ["true"] }),
};
const oneKind = fc.oneof(...Object.entries(handlerKinds).map(([kind, value]) => (value as fc.Arbitrary<unknown>).map((inner): HandlerSpec => ({ [kind]: inner }))));
const handler: fc.Arbitrary<HandlerSpec> = fc.oneof({ weight: 9, arbitrary: oneKind }, { weight: 1, arbitrary: fc.record(handlerKinds, { ...plain, requiredKeys: [] }) });
const timings = fc.record({ timeoutSeconds: fc.nat({ max: 9 }), periodSeconds: fc.nat({ max: 9 }) }, { ...plain, requiredKeys: [] });
const probe = fc.tuple(handler, timings).map(([asked, times]) => ({ ...asked, ...times }));

const container = fc.record(
  {
    name: fc.oneof(fc.constantFrom("app", "web", "a?b", "a/b", ".."), fc.string({ unit: "binary", maxLength: 5 })),
    ports: fc.array(fc.record({ name: portName, containerPort: fc.integer({ min: 1, max: 65_535 }) }, plain), { maxLength: 2 }),
    restartPolicy: fc.constant("Always"),
    readinessProbe: probe,
    livenessProbe: probe,
    startupProbe: probe,
    lifecycle: fc.record({ postStart: handler, preStop: handler }, { ...plain, requiredKeys: [] }),
  },
  { ...plain, requiredKeys: ["name"] },
) as fc.Arbitrary<ContainerSpec>;

const pod: fc.Arbitrary<PodTemplate> = fc
  .tuple(fc.array(container, { maxLength: 4 }), fc.array(container, { maxLength: 2 }), fc.nat(), fc.boolean())
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
