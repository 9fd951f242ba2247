import assert from "node:assert/strict";
import type { ContainerSpec, PodTemplate } from "./pod-spec.ts";
import { decodeProbers } from "./probers-text.ts";
import { rewritePod, type RewriteOptions, type RewrittenPod } from "./rewrite-pod.ts";

const options: RewriteOptions = { sidecarName: "istio-proxy", rewriteByDefault: true, defaultStatusPort: 15020 };
const sidecar: ContainerSpec = { name: "istio-proxy" };

function app(name: string, port: number): ContainerSpec {
  return { name, readinessProbe: { httpGet: { path: "/ready", port } } };
}

function podOf(...containers: readonly ContainerSpec[]): PodTemplate {
  return { spec: { containers } };
}

function withContainer({ pod }: RewrittenPod, container: ContainerSpec): PodTemplate {
  return { ...pod, spec: { ...pod.spec, containers: [...(pod.spec?.containers ?? []).filter(({ name }) => name !== container.name), container] } };
}

function variable({ pod }: RewrittenPod): string | undefined {
  const found = pod.spec?.containers?.find(({ name }) => name === "istio-proxy")?.env?.filter(({ name }) => name === "ISTIO_KUBE_APP_PROBERS");
  assert.equal(found?.length, 1);
  return found[0]?.value;
}

describe("rewritePod, once more", () => {
  const once = rewritePod(podOf(app("a", 1), sidecar), options);

  it("changes nothing when nothing has changed", () => {
    assert.deepEqual(rewritePod(once.pod, options), { pod: once.pod, warnings: [], violations: [] });
  });

  it("rewrites what another webhook has added since", () => {
    const twice = rewritePod(withContainer(once, app("b", 2)), options);
    assert.equal(variable(twice), '{"/app-health/a/readyz":{"httpGet":{"path":"/ready","port":1}},"/app-health/b/readyz":{"httpGet":{"path":"/ready","port":2}}}');
    assert.equal(twice.pod.spec?.containers?.[2]?.readinessProbe?.httpGet?.port, 15020);
  });

  it("believes a probe that was written anew, not what was known of it before", () => {
    const twice = rewritePod(withContainer(once, app("a", 9)), options);
    assert.equal(variable(twice), '{"/app-health/a/readyz":{"httpGet":{"path":"/ready","port":9}}}');
  });

  it("follows the agent to another port", () => {
    const moved = rewritePod({ ...once.pod, metadata: { annotations: { "status.sidecar.istio.io/port": "15099" } } }, options);
    assert.deepEqual(moved.pod.spec?.containers?.[0]?.readinessProbe?.httpGet, { path: "/app-health/a/readyz", port: 15099 });
    assert.equal(variable(moved), variable(once));
  });

  it("says that it is too late to leave probes alone", () => {
    const off = { ...once.pod, metadata: { annotations: { "sidecar.istio.io/rewriteAppHTTPProbers": "false" } } };
    const { pod, warnings } = rewritePod(off, options);
    assert.equal(pod, off);
    assert.deepEqual(warnings, ["the probes of this pod have been rewritten at an earlier time, and stay so: what they were is in them no more"]);
  });

  it("adds to the last variable of the name, which is the one that counts", () => {
    const [first, last] = [{ name: "ISTIO_KUBE_APP_PROBERS", value: "{" }, { name: "ISTIO_KUBE_APP_PROBERS", value: '{"/app-health/x/livez":{"grpc":{"port":1,"service":null}}}' }];
    const { pod } = rewritePod(podOf({ ...sidecar, env: [first, last] }, app("a", 1)), options);
    const value = '{"/app-health/a/readyz":{"httpGet":{"path":"/ready","port":1}},"/app-health/x/livez":{"grpc":{"port":1,"service":null}}}';
    assert.deepEqual(pod.spec?.containers?.[0]?.env, [first, { name: "ISTIO_KUBE_APP_PROBERS", value }]);
  });

  it("refuses a variable that cannot be added to", () => {
    const name = "ISTIO_KUBE_APP_PROBERS";
    for (const [env, message] of [
      [{ name, value: "{" }, /^ISTIO_KUBE_APP_PROBERS: failed to decode: /],
      [{ name, value: '{"/x":{}}' }, /"\/x": invalid path, .*; "\/x": invalid prober type/],
      [{ name, valueFrom: { configMapKeyRef: {} } }, /is taken from elsewhere/],
    ] as const) {
      const pod = podOf(app("a", 1), { ...sidecar, env: [{ name: "A", value: "b" }, env] });
      const { pod: same, violations } = rewritePod(pod, options);
      assert.equal(same, pod);
      assert.equal(violations[0]?.path, "spec.containers[1].env[1].value");
      assert.match(violations[0].message, message);
    }
  });
});

describe("rewritePod, of odd pods", () => {
  it("can tell containers apart whatever they are called, and says where it cannot", () => {
    const names = ["a?b", "a%2Fb", 'a"<&>', "ä \u{1F600}", "a/b", ".", "..", "", "a?b"];
    const { pod, warnings } = rewritePod(podOf(...names.map((name, i) => app(name, i + 1)), sidecar), options);
    assert.deepEqual(
      pod.spec?.containers?.slice(0, 5).map(({ readinessProbe }) => readinessProbe?.httpGet?.path),
      ["/app-health/a%3Fb/readyz", "/app-health/a%252Fb/readyz", "/app-health/a%22%3C%26%3E/readyz", "/app-health/%C3%A4%20%F0%9F%98%80/readyz", "/ready"],
    );
    assert.deepEqual(warnings, [
      'container "a/b": readinessProbe is left as it is: no container may be named so',
      'container ".": readinessProbe is left as it is: no container may be named so',
      'container "..": readinessProbe is left as it is: no container may be named so',
      'container "": readinessProbe is left as it is: no container may be named so',
      'container "a?b": readinessProbe is left as it is: another container has the same name',
    ]);
    const decoded = decodeProbers(variable({ pod, warnings, violations: [] }) ?? "");
    assert.deepEqual(decoded.ok && [...decoded.probers.keys()], ['/app-health/a"<&>/readyz', "/app-health/a%2Fb/readyz", "/app-health/a?b/readyz", "/app-health/ä \u{1F600}/readyz"]);
  });

  it("manages 300 containers, and refuses what Linux could not start", () => {
    const probe = { httpGet: { path: "/", port: 8080, scheme: "HTTP" }, timeoutSeconds: 1 };
    const container = (i: number): ContainerSpec => ({ name: `container-${i}`, readinessProbe: probe, livenessProbe: probe, startupProbe: probe });
    const many = rewritePod(podOf(sidecar, ...Array.from({ length: 300 }, (_, i) => container(i))), options);
    assert.deepEqual([many.warnings, many.violations], [[], []]);
    const decoded = decodeProbers(variable(many) ?? "");
    assert.equal(decoded.ok && decoded.probers.size, 900);
    const tooMany = podOf(sidecar, ...Array.from({ length: 500 }, (_, i) => container(i)));
    const refused = rewritePod(tooMany, options);
    assert.equal(refused.pod, tooMany);
    assert.equal(refused.violations[0]?.path, "spec.containers[0].env");
    assert.match(refused.violations[0].message, /would have \d+ bytes for 1500 probes, and Linux takes 131072 at most/);
  });
});
