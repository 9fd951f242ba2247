import assert from "node:assert/strict";
import { applyPatch, type Operation } from "rfc6902";
import type { InjectionNamespace } from "../../core/injection/inject-pod.ts";
import { defaultInjectionSettings } from "../../core/injection/settings.ts";
import type { AskedObject } from "../../core/kubernetes/admission/read-review.ts";
import { CannotAnswer } from "./cannot-answer.ts";
import { injectAsked, type InjectorOptions } from "./inject-asked.ts";

const enabled = { "kuma.io/sidecar-injection": "enabled" };

/** As the API server sends one: what it fills in is there, null among it. */
function pod(containers = 1, metadata: object = {}): object {
  const probe = (path: string): object => ({ httpGet: { path, port: 80, scheme: "HTTP" }, timeoutSeconds: 1 });
  const each = (i: number): object => ({ name: `c${i}`, image: "app", env: [{ name: "A", value: "b" }], readinessProbe: probe("/r"), livenessProbe: probe("/l"), startupProbe: probe("/s") });
  return { kind: "Pod", apiVersion: "v1", metadata: { name: "web", creationTimestamp: null, ...metadata }, spec: { containers: Array.from({ length: containers }, (_, i) => each(i)) } };
}

function asked(object: object, changed: Partial<AskedObject> = {}): AskedObject {
  return { uid: "u", operation: "CREATE", group: "", kind: "Pod", subresource: "", name: "web", namespace: "shop", user: "mia", object, before: undefined, ...changed };
}

describe("what a pod is to become", () => {
  let looked: boolean[];
  let known: InjectionNamespace;
  let fresh: InjectionNamespace;
  let options: InjectorOptions;

  beforeEach(() => {
    looked = [];
    known = fresh = { name: "shop", labels: enabled };
    options = {
      settings: () => Promise.resolve(defaultInjectionSettings),
      namespace: (_name, how) => {
        looked.push(how.fresh);
        return Promise.resolve(how.fresh ? fresh : known);
      },
    };
  });

  it("is one with a sidecar, by a patch that the API server can apply, and again nothing more", async () => {
    const object = pod();
    const { outcome, patch = [] } = await injectAsked(asked(object), options);
    assert.equal(outcome, "injected");
    const becomes = structuredClone(object);
    assert.deepEqual(applyPatch(becomes, structuredClone(patch) as unknown as Operation[]).filter((error) => error !== null), []);
    const { containers } = (becomes as { readonly spec: { readonly containers: readonly { readonly name: string }[] } }).spec;
    assert.deepEqual(containers.map(({ name }) => name).sort(), ["c0", "istio-proxy"]);
    const again = await injectAsked(asked(becomes), options);
    assert.deepEqual([again.outcome, again.patch], ["injected", []]);
    assert.deepEqual(looked, [false, false], "a namespace that was told of is not asked for");
  });

  it("is said in a patch that grows with what changes, for 300 containers too", async () => {
    const object = pod(300);
    const { outcome, patch = [] } = await injectAsked(asked(object), options);
    assert.equal(outcome, "injected");
    const becomes = structuredClone(object);
    assert.deepEqual(applyPatch(becomes, structuredClone(patch) as unknown as Operation[]).filter((error) => error !== null), []);
    assert.ok(patch.length < 300 * 3 * 2 + 20, `${patch.length} steps`);
    assert.ok(!patch.some(({ path }) => path === "/spec/containers"));
  });

  it("is looked at again with what the namespace says now, before it is left as it is", async () => {
    known = { name: "shop" };
    assert.equal((await injectAsked(asked(pod()), options)).outcome, "injected");
    assert.deepEqual(looked, [false, true]);
    fresh = { name: "shop" };
    const left = await injectAsked(asked(pod()), options);
    assert.deepEqual([left.outcome, left.patch ?? [], left.warnings], ["left", [], []]);
    assert.match(left.reason ?? "", /namespace/);
  });

  it("is what it was for anything but a pod that is created", async () => {
    const deployment = await injectAsked(asked({ kind: "Deployment" }, { group: "apps", kind: "Deployment" }), options);
    assert.equal(deployment.outcome, "left");
    assert.match(deployment.warnings.join(), /only pods get sidecars, not Deployment/);
    for (const changed of [{ operation: "UPDATE" }, { operation: "DELETE", object: undefined }, { operation: "CONNECT", subresource: "exec" }, { subresource: "binding" }] as const) {
      const { outcome, patch, warnings } = await injectAsked(asked(pod(), changed), options);
      assert.deepEqual([outcome, patch ?? [], warnings], ["left", [], []], JSON.stringify(changed));
    }
    assert.deepEqual(looked, []);
  });

  it("is refused where it is no pod at all, or cannot be as it says", async () => {
    const none = await injectAsked(asked({ kind: "Pod", metadata: { name: "web" }, spec: { containers: "many" } }), options);
    assert.equal(none.outcome, "refused");
    assert.match(none.violations.map(({ path }) => path).join(), /spec\.containers/);
    const annotations = { "status.sidecar.istio.io/port": "0", "sidecar.istio.io/rewriteAppHTTPProbers": "true" };
    const zero = await injectAsked(asked(pod(1, { annotations })), options);
    assert.deepEqual([zero.outcome, zero.patch ?? []], ["refused", []]);
    assert.match(zero.violations.map(({ path }) => path).join(), /status\.sidecar\.istio\.io\/port/);
  });

  it("is not guessed at without settings, or without knowing what the namespace says", async () => {
    const without = { ...options, settings: () => Promise.reject(new CannotAnswer("not read yet")) };
    await assert.rejects(injectAsked(asked(pod()), without), { name: "CannotAnswer", message: "not read yet" });
    const away = { ...options, namespace: () => Promise.reject(new CannotAnswer("the API server is away")) };
    await assert.rejects(injectAsked(asked(pod()), away), { message: "the API server is away" });
  });
});
