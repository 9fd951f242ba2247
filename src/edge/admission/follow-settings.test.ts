import assert from "node:assert/strict";
import { fakeFollow } from "../../../test/kit/fake-follow.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { defaultInjectionSettings, type InjectionSettings } from "../../core/injection/settings.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { followSettings, type FollowedSettings } from "./follow-settings.ts";

const off = '{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": false}}';
const on = '{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": true}}';
const bad = '{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": "perhaps"}}';

function configMap(values?: string): KubeObject {
  return { metadata: { name: "istio-sidecar-injector", namespace: "mesh" }, ...(values === undefined ? {} : { data: { values } }) };
}

describe("the settings of the injector", () => {
  const log = createRecordingLog();
  let problems: (string | undefined)[];
  let fakes: ReturnType<typeof fakeFollow>;
  let settings: FollowedSettings;
  let base: InjectionSettings;

  beforeEach(() => {
    log.lines.length = 0;
    problems = [];
    base = defaultInjectionSettings;
    fakes = fakeFollow();
    settings = followSettings({ follow: fakes.follow, namespace: "mesh", configMap: "istio-sidecar-injector", base: () => base, logger: log, onProblem: (problem) => void problems.push(problem), patienceMs: 20 });
  });
  afterEach(() => settings.close());

  const tell = (...objects: readonly KubeObject[]): void => fakes.kind("configmaps").tell(objects);
  const rewrites = async (): Promise<boolean> => (await settings.current()).rewriteAppHTTPProbe;

  it("are those of the ConfigMap as it is now, without a restart", async () => {
    tell(configMap(off));
    assert.equal(await rewrites(), false);
    fakes.kind("configmaps").change([configMap(on)]);
    assert.equal(await rewrites(), true);
    assert.deepEqual(problems, []);
    assert.deepEqual(log.lines.map(({ level, fields }) => [level, fields["rewriteAppHTTPProbe"]]), [["info", false], ["info", true]]);
  });

  it("are waited for at the start, and nothing is guessed meanwhile", async () => {
    const early = settings.current();
    tell(configMap(off));
    assert.equal((await early).rewriteAppHTTPProbe, false);
  });

  it("cannot be had while the ConfigMap is not read, or may not be", async () => {
    await assert.rejects(settings.current(), { name: "CannotAnswer", message: "ConfigMap mesh/istio-sidecar-injector is not read yet" });
    fakes.kind("configmaps").become({ state: "denied", message: "configmaps is forbidden" });
    await assert.rejects(settings.current(), /^CannotAnswer: ConfigMap mesh\/istio-sidecar-injector: configmaps is forbidden; pods cannot be looked at$/);
    tell(configMap(off));
    assert.equal(await rewrites(), false);
    assert.deepEqual(problems.map((problem) => problem === undefined), [false, true]);
  });

  it("stay the last good ones when the text is not good, and that is told until it is", async () => {
    tell(configMap(off));
    fakes.kind("configmaps").change([configMap(bad)]);
    assert.equal(await rewrites(), false);
    assert.match(problems[0] ?? "", /^ConfigMap mesh\/istio-sidecar-injector values: sidecarInjectorWebhook\.rewriteAppHTTPProbe: .*; the last good settings stay in force$/);
    fakes.kind("configmaps").change([configMap()]);
    assert.match(problems[1] ?? "", /has nothing under "values"/);
    fakes.kind("configmaps").change([], [configMap(off)]);
    assert.match(problems[2] ?? "", /is gone; its last settings stay in force$/);
    assert.equal(await rewrites(), false);
    fakes.kind("configmaps").change([configMap(on)]);
    assert.equal(problems[3], undefined);
    assert.equal(await rewrites(), true);
  });

  it("are none where the text was never good: the defaults may be the opposite of what is meant", async () => {
    tell(configMap(bad));
    await assert.rejects(settings.current(), /rewriteAppHTTPProbe: .*; pods cannot be looked at$/);
  });

  it("are the defaults where there is no ConfigMap", async () => {
    tell();
    assert.deepEqual(await settings.current(), defaultInjectionSettings);
    assert.deepEqual(problems, []);
  });

  it("have what the control plane knows by itself as it is now", async () => {
    tell(configMap(off));
    base = { ...defaultInjectionSettings, caCertPem: "another" };
    const { caCertPem, rewriteAppHTTPProbe } = await settings.current();
    assert.deepEqual([caCertPem, rewriteAppHTTPProbe], ["another", false]);
  });
});
