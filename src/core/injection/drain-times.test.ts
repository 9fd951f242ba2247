import assert from "node:assert/strict";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { drainTimesOf, drainWarnings } from "./drain-times.ts";
import { injectPod } from "./inject-pod.ts";
import { defaultInjectionSettings } from "./settings.ts";

const waiting = (seconds: number): ContainerSpec => ({ name: "web", lifecycle: { preStop: { sleep: { seconds } } } });

function podOf(container: ContainerSpec = { name: "web" }, terminationGracePeriodSeconds?: number): PodTemplate {
  return { spec: { containers: [container], ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }) } };
}

function times(pod: PodTemplate, settings: Partial<typeof defaultInjectionSettings> = {}): string {
  const { longest, least } = drainTimesOf(pod, { ...defaultInjectionSettings, ...settings });
  return `${least} to ${longest}`;
}

describe("how long a sidecar drains", () => {
  it("is what is set, as far as the pod's grace leaves time to end", () => {
    assert.equal(times(podOf()), "5s to 25s");
    assert.equal(times(podOf(undefined, 60)), "5s to 30s");
    assert.equal(times(podOf(undefined, 3)), "0s to 0s");
    assert.equal(times(podOf(undefined, 60), { drainTime: "1s", minimumDrainTime: "10s" }), "1s to 1s");
  });

  it("is as long as the pod may take where it ends when no connection is left, as Istio's variable says", () => {
    assert.equal(times(podOf(undefined, 120), { sidecarEnv: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "true", MINIMUM_DRAIN_DURATION: "8s" } }), "8s to 1m55s");
    assert.equal(times(podOf(undefined, 120), { sidecarEnv: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "f" } }), "30s to 30s");
  });

  it("is no shorter than a container waits in its preStop hook, which is called and calls others meanwhile", () => {
    assert.equal(times(podOf(waiting(15), 60), { drainTime: "10s" }), "15s to 15s");
    const shell = (...command: readonly string[]): ContainerSpec => ({ name: "web", lifecycle: { preStop: { exec: { command } } } });
    for (const command of [["sleep", "12"], ["/bin/sleep", "12s"], ["sh", "-c", "nginx -s quit; sleep 12"]]) assert.equal(times(podOf(shell(...command), 60)), "12s to 30s");
    assert.equal(times(podOf(shell("sh", "-c", "run sleepy 12"), 60)), "5s to 30s");
    assert.equal(times(podOf(waiting(15), 60), { native: true }), "5s to 30s");
  });

  it("is told to the agent, with how long Envoy lets go of a listener that changes", () => {
    const annotations = { "proxy.istio.io/config": "terminationDrainDuration: 20s\ndrainDuration: 90s\nproxyMetadata: {MINIMUM_DRAIN_DURATION: 7s}\n" };
    const { pod, warnings } = injectPod({ metadata: { annotations }, ...podOf(undefined, 40) }, { name: "shop", labels: { "kuma.io/sidecar-injection": "enabled" } }, defaultInjectionSettings);
    const env = pod.spec?.containers?.find(({ name }) => name === "istio-proxy")?.env ?? [];
    const value = (name: string) => env.find((each) => each.name === `PROBEPLANE_${name}`)?.value;
    assert.deepEqual([value("DRAIN_TIME"), value("MINIMUM_DRAIN_TIME"), value("LISTENER_DRAIN_TIME")], ["20s", "7s", "1m30s"]);
    assert.deepEqual(warnings, []);
  });
});

describe("warnings of a pod that ends too soon", () => {
  const told = (pod: PodTemplate, settings: Partial<typeof defaultInjectionSettings> = {}) => drainWarnings(pod, { ...defaultInjectionSettings, ...settings }, defaultInjectionSettings);

  it("are for what its author said, not for what holds for all", () => {
    assert.deepEqual(told(podOf()), []);
    assert.deepEqual(told(podOf(undefined, 30)), []);
    assert.deepEqual(told(podOf(undefined, 35)), []);
    assert.match(told(podOf(undefined, 10))[0] ?? "", /^spec\.terminationGracePeriodSeconds: 10 leaves the sidecar 5s of its drain time of 30s; .* Set it to 35 or more$/);
    assert.match(told(podOf(), { drainTime: "1m0s" })[0] ?? "", /30 leaves the sidecar 25s of its drain time of 1m0s/);
  });

  it("are for hooks that outlast the pod, and for variables that say nothing", () => {
    assert.match(told(podOf(waiting(40)))[0] ?? "", /30 is over before a preStop hook that waits 40s/);
    assert.deepEqual(told(podOf(), { sidecarEnv: { EXIT_ON_ZERO_ACTIVE_CONNECTIONS: "perhaps", MINIMUM_DRAIN_DURATION: "5" } }), [
      `MINIMUM_DRAIN_DURATION: is "5", which is no duration from 0s to 1h, and counts for nothing`,
      `EXIT_ON_ZERO_ACTIVE_CONNECTIONS: is "perhaps", which is neither yes nor no, and counts for nothing`,
    ]);
  });
});
