import assert from "node:assert/strict";
import { workloadTemplates } from "./workload-templates.ts";

const pod = { spec: { containers: [] } };

describe("workloadTemplates", () => {
  const places: readonly [apiVersion: string, kind: string, object: object, podPath: readonly string[]][] = [
    ["v1", "Pod", pod, []],
    ["v1", "PodTemplate", { template: pod }, ["template"]],
    ["v1", "ReplicationController", { spec: { template: pod } }, ["spec", "template"]],
    ["apps/v1", "Deployment", { spec: { template: pod } }, ["spec", "template"]],
    ["extensions/v1beta1", "Deployment", { spec: { template: pod } }, ["spec", "template"]],
    ["apps/v1", "StatefulSet", { spec: { template: pod } }, ["spec", "template"]],
    ["apps/v1", "DaemonSet", { spec: { template: pod } }, ["spec", "template"]],
    ["apps/v1", "ReplicaSet", { spec: { template: pod } }, ["spec", "template"]],
    ["batch/v1", "Job", { spec: { template: pod } }, ["spec", "template"]],
    ["batch/v1beta1", "CronJob", { spec: { jobTemplate: { spec: { template: pod } } } }, ["spec", "jobTemplate", "spec", "template"]],
    ["apps.openshift.io/v1", "DeploymentConfig", { spec: { template: pod } }, ["spec", "template"]],
    ["argoproj.io/v1alpha1", "Rollout", { spec: { template: pod } }, ["spec", "template"]],
  ];
  for (const [apiVersion, kind, object, podPath] of places) {
    it(`finds the pod of a ${kind} of ${apiVersion}`, () => {
      const [found, ...others] = workloadTemplates({ apiVersion, kind, metadata: { name: "a", namespace: "b" }, ...object });
      assert.deepEqual(others, []);
      assert.deepEqual([found?.kind, found?.name, found?.namespace, found?.podPath, found?.objectPath], [kind, "a", "b", podPath, []]);
      assert.deepEqual(podPath.length === 0 ? (found?.pod as typeof pod).spec : found?.pod, podPath.length === 0 ? pod.spec : pod);
    });
  }

  it("finds those of lists, and of lists in lists", () => {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { generateName: "a-" }, spec: { template: pod } };
    const list = { apiVersion: "v1", kind: "List", items: [{ kind: "Secret" }, deployment, { apiVersion: "apps/v1", kind: "DeploymentList", items: [deployment] }] };
    assert.deepEqual(
      workloadTemplates(list).map(({ objectPath, name }) => [objectPath, name]),
      [[["items", 1], "a-"], [["items", 2, "items", 0], "a-"]],
    );
  });

  it("finds none in what is called so elsewhere, and in what is nothing", () => {
    for (const other of [null, [], "x", {}, { kind: "toString" }, { apiVersion: "example.com/v1", kind: "Deployment", spec: { template: pod } }, { apiVersion: "v1", kind: "Job" }]) {
      assert.deepEqual(workloadTemplates(other), []);
    }
  });

  it("says where a workload has no pod, and what it says around it", () => {
    const [found] = workloadTemplates({ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "a" }, spec: { jobTemplate: { metadata: { labels: {} }, spec: {} } } });
    assert.equal(found?.pod, undefined);
    assert.deepEqual(found?.outerMetadata.map(({ path }) => path), [["metadata"], ["spec", "jobTemplate", "metadata"]]);
  });
});
