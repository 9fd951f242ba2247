import assert from "node:assert/strict";
import { readPodTemplate } from "./read-pod.ts";

describe("readPodTemplate", () => {
  it("gives the very value when it is a pod, with all that nobody knows", () => {
    const pod = { spec: { containers: [{ name: "a", new: { member: null } }] }, status: { phase: null } };
    delete (pod.spec.containers[0]!.new as { member?: null }).member;
    const read = readPodTemplate(pod);
    assert.equal(read.ok && read.pod, pod);
  });

  it("takes what is null for absent, in the metadata and in the spec", () => {
    const read = readPodTemplate({ metadata: null, spec: { initContainers: null, containers: [{ name: "a", readinessProbe: null, lifecycle: { preStop: null } }] }, status: null });
    assert.deepEqual(read.ok && read.pod, { spec: { containers: [{ name: "a", lifecycle: {} }] }, status: null });
  });

  it("names everything that is of another type", () => {
    const read = readPodTemplate({
      metadata: { annotations: { "sidecar.istio.io/rewriteAppHTTPProbers": true } },
      spec: { hostNetwork: "yes", containers: [{ image: 1, ports: [{ containerPort: "80" }], livenessProbe: { httpGet: { port: [], path: 1 }, timeoutSeconds: 1.5 } }, "x"] },
    });
    assert.deepEqual(!read.ok && read.violations.map(({ path, message }) => `${path} ${message}`).sort(), [
      'metadata.annotations["sidecar.istio.io/rewriteAppHTTPProbers"] in body must be of type string: "boolean"',
      "spec.containers[0].name in body is required",
      'spec.containers[0].image in body must be of type string: "number"',
      'spec.containers[0].livenessProbe.httpGet.path in body must be of type string: "number"',
      'spec.containers[0].livenessProbe.httpGet.port in body must be of type integer,string: "array"',
      'spec.containers[0].livenessProbe.timeoutSeconds in body must be of type integer: "number"',
      'spec.containers[0].ports[0].containerPort in body must be of type integer: "string"',
      'spec.containers[1] in body must be of type object: "string"',
      'spec.hostNetwork in body must be of type boolean: "string"',
    ].sort());
    for (const none of [null, [], "pod", 1]) assert.deepEqual(readPodTemplate(none), { ok: false, violations: [{ path: "", message: "must be an object" }] });
  });
});
