import assert from "node:assert/strict";
import fc from "fast-check";
import { deepFreeze } from "../base/deep-freeze.ts";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { decodeProbers } from "../probe/probers-text.ts";
import { injectPod } from "./inject-pod.ts";
import { defaultInjectionSettings, type InjectionSettings } from "./settings.ts";

const shop = { name: "shop", labels: { "kuma.io/sidecar-injection": "enabled" } };

const handler = fc.oneof(
  fc.record({ httpGet: fc.record({ path: fc.webPath(), port: fc.constantFrom<number | string>(80, 8080, "http", "nobody") }) }),
  fc.record({ tcpSocket: fc.record({ port: fc.integer({ min: 1, max: 65_535 }) }) }),
  fc.record({ grpc: fc.record({ port: fc.constant(9000) }) }),
  fc.constant({ exec: { command: ["true"] } }),
);
const probes = fc.record({ readinessProbe: handler, livenessProbe: handler, startupProbe: handler }, { requiredKeys: [] });

/** An app's container, or a sidecar of somebody else's; an init container that ends has no probes. */
function container(name: string): fc.Arbitrary<readonly ["containers" | "initContainers", ContainerSpec]> {
  const running = probes.map((own) => ({ name, image: "i", ports: [{ name: "http", containerPort: 80 }], ...own }));
  return fc.oneof(
    running.map((spec) => ["containers", spec] as const),
    running.map((spec) => ["initContainers", { ...spec, restartPolicy: "Always" }] as const),
    fc.constant(["initContainers", { name, image: "i" }] as const),
  );
}

const app = probes.map((own): ContainerSpec => ({ name: "app", image: "i", ports: [{ name: "http", containerPort: 8080 }], ...own }));
const own = fc.tuple(app, fc.tuple(container("a"), container("b"))).map(([first, others]) => withContainers({ containers: [first] }, others.slice(0, 1), 9));
const annotations = fc.record(
  {
    "status.sidecar.istio.io/port": fc.constantFrom("15020", "16020"),
    "sidecar.istio.io/nativeSidecar": fc.constantFrom("true", "false"),
    "kuma.io/wait-for-dataplane-ready": fc.constantFrom("true", "false"),
    "kuma.io/init-first": fc.constantFrom("true", "false"),
    "kuma.io/transparent-proxying": fc.constantFrom("enabled", "disabled"),
    "sidecar.istio.io/rewriteAppHTTPProbers": fc.constantFrom("true", "false"),
    "prometheus.io/scrape": fc.constantFrom("true", "false"),
  },
  { requiredKeys: [] },
);
const pods: fc.Arbitrary<PodTemplate> = fc.tuple(own, annotations).map(([spec, said]) => ({ metadata: { annotations: said }, spec }));
const settings: fc.Arbitrary<InjectionSettings> = fc
  .record({ sidecarName: fc.constantFrom("istio-proxy", "mesh-proxy"), native: fc.boolean(), holdApplication: fc.boolean(), rewriteAppHTTPProbe: fc.boolean(), imagePullSecrets: fc.constantFrom([], ["s"]) })
  .map((some) => ({ ...defaultInjectionSettings, ...some }));

function withContainers(spec: NonNullable<PodTemplate["spec"]>, added: readonly (readonly ["containers" | "initContainers", ContainerSpec])[], at: number): NonNullable<PodTemplate["spec"]> {
  return added.reduce((before, [list, each]) => ({ ...before, [list]: (before[list] ?? []).toSpliced(at, 0, each) }), spec);
}

function inject(pod: PodTemplate, how: InjectionSettings): PodTemplate {
  const injection = injectPod(deepFreeze(pod), shop, how);
  assert.deepEqual([injection.outcome, injection.violations], ["injected", []]);
  return injection.pod;
}

/** Every container by its name; of the sidecar only what the agent is told. */
function byName(pod: PodTemplate, { sidecarName }: InjectionSettings): unknown {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const sidecar = all.find(({ name }) => name === sidecarName);
  const read = decodeProbers(sidecar?.env?.find(({ name }) => name === "ISTIO_KUBE_APP_PROBERS")?.value ?? "{}");
  assert.ok(read.ok);
  return { probers: new Map([...read.probers].sort(([a], [b]) => (a < b ? -1 : 1))), containers: Object.fromEntries(all.filter(({ name }) => name !== sidecarName).map((each) => [each.name, each])) };
}

function order(pod: PodTemplate): readonly (readonly string[])[] {
  return [pod.spec?.initContainers ?? [], pod.spec?.containers ?? []].map((list) => list.map(({ name }) => name));
}

describe("a pod that is asked about again", () => {
  it("is the very same, also with settings that are others by then, and with what the API server has added", () => {
    fc.assert(
      fc.property(pods, settings, settings, (pod, first, second) => {
        const once = inject(pod, first);
        assert.equal(inject(once, first), once);
        const { containers = [], initContainers = [], volumes = [] } = once.spec ?? {};
        const defaulted = (list: readonly ContainerSpec[]) => list.map((each) => ({ ...each, terminationMessagePath: "/dev/termination-log" }));
        const stored: PodTemplate = { ...once, spec: { ...once.spec, dnsPolicy: "ClusterFirst", containers: defaulted(containers), initContainers: defaulted(initContainers), volumes: volumes.map((volume) => ({ ...volume, x: 1 })) } };
        assert.equal(inject(stored, first), stored);
        // Where the sidecar belongs and whether probes are rewritten are settings; that it is there once is not.
        const other = inject(once, { ...second, rewriteAppHTTPProbe: first.rewriteAppHTTPProbe, holdApplication: first.holdApplication });
        assert.equal(other, once);
      }),
      { numRuns: 300 },
    );
  });

  it("has containers that somebody added in between looked after as if they had been there from the start", () => {
    fc.assert(
      fc.property(pods, settings, fc.tuple(container("x"), container("y")), fc.nat(3), (pod, how, added, at) => {
        const once = inject(pod, how);
        const later = inject({ ...once, spec: withContainers(once.spec ?? {}, added, at) }, how);
        const atOnce = inject({ ...pod, spec: withContainers(pod.spec ?? {}, added, at) }, how);
        assert.deepEqual(byName(later, how), byName(atOnce, how));
        const ours = new Set([how.sidecarName, how.initName]);
        for (const [i, names] of order(later).entries()) {
          const places = (list: readonly string[]) => list.flatMap((name, place) => (ours.has(name) ? [`${name} ${place} of ${list.length}`] : []));
          assert.deepEqual(places(names), places(order(atOnce)[i] ?? []));
        }
        assert.equal(inject(later, how), later);
      }),
      { numRuns: 300 },
    );
  });

  it("gets a sidecar anew when it only says that it has one: somebody copied what a running pod said", () => {
    const once = inject({ spec: { containers: [{ name: "app", image: "i" }] } }, defaultInjectionSettings);
    const copied: PodTemplate = { ...(once.metadata === undefined ? {} : { metadata: once.metadata }), spec: { containers: [{ name: "app", image: "i" }] } };
    assert.deepEqual(order(inject(copied, defaultInjectionSettings)), [["istio-init"], ["app", "istio-proxy"]]);
  });
});
