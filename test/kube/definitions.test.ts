import assert from "node:assert/strict";
import { parse } from "yaml";
import { formatDefinition } from "../../scripts/crds/definition.ts";
import { meshHealthCheckKind } from "../../src/core/policy/mesh-health-check/kind.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import { waitUntil } from "../kit/wait-until.ts";

interface Stored {
  readonly metadata: { readonly generation: number; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly to: readonly { readonly default: { readonly interval?: string; readonly http?: { readonly requestHeadersToAdd?: unknown } } }[] };
  readonly status?: unknown;
}

describe("the definitions in a cluster", () => {
  let api: ApiServer;
  let namespace: string;
  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
    namespace = await api.createNamespace("definitions");
  });

  const conf = { interval: "10s", http: { path: "/health" } };
  const policy = (spec: unknown, apiVersion = "kuma.io/v1alpha1"): string =>
    JSON.stringify({ apiVersion, kind: "MeshHealthCheck", metadata: { name: "check", namespace }, spec });
  const specOf = (...confs: readonly unknown[]): unknown => ({ to: confs.map((each) => ({ targetRef: { kind: "Mesh" }, default: each })) });
  const read = async (path: string): Promise<Stored> => (await api.request("GET", path)).body as Stored;
  const path = (): string => `/apis/kuma.io/v1alpha1/namespaces/${namespace}/meshhealthchecks/check`;

  it("explain every field to kubectl", async () => {
    // The API server describes a kind a moment after it serves it.
    const { stdout } = await waitUntil("it is described", async () => {
      const explained = await api.kubectl(["explain", "mhc.spec.to.default.unhealthyThreshold"], { mayFail: true });
      return explained.status === 0 && explained;
    });
    assert.match(stdout, /FIELD: unhealthyThreshold <integer>[^]*Consecutive unhealthy checks before an endpoint is unhealthy\. Greater than\s+0\. Default: 5\./);
  });

  it("keep a policy as it was written, and refuse a bad edit of it with the words that we use everywhere", async () => {
    await api.kubectl(["apply", "-f", "-"], { stdin: policy(specOf(conf)) });
    assert.deepEqual((await read(path())).spec, specOf(conf));
    const refused = await api.kubectl(["patch", "mhc", "check", "--type=merge", "-p", JSON.stringify({ spec: specOf({ ...conf, interval: "0s" }) })], { namespace, mayFail: true });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /spec\.to\[0\]\.default\.interval: Invalid value: "0s": must be greater than zero when defined/);
    assert.match((await api.kubectl(["get", "kuma"], { namespace })).stdout, /^NAME +TARGET +DESTINATIONS +ACCEPTED +PROGRAMMED +AGE\nmeshhealthcheck\.kuma\.io\/check /m);
  });

  it("keep status and spec apart: neither's writer touches the other, and a status is no new generation", async () => {
    const { generation } = (await read(path())).metadata;
    const condition = { type: "Accepted", status: "True", reason: "Accepted", message: "valid", lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: generation };
    const status = { observedGeneration: generation, conditions: [condition] };
    assert.equal((await api.request("PATCH", `${path()}/status`, { body: { status, spec: specOf() } })).status, 200);
    await api.request("PATCH", path(), { body: { status: { observedGeneration: 77 } } });
    const stored = await read(path());
    assert.deepEqual([stored.status, stored.spec, stored.metadata.generation], [status, specOf(conf), generation]);
    const wait = await api.kubectl(["wait", "--for=condition=Accepted", "mhc/check", "--timeout=10s"], { namespace });
    assert.equal(wait.stdout, "meshhealthcheck.kuma.io/check condition met\n");
  });

  it("leave an object alone that was stored before they had rules, until what is wrong in it is touched", async () => {
    const group = "older.example";
    const definition = formatDefinition(meshHealthCheckKind).replaceAll("kuma.io\n", `${group}\n`).replace("    categories:\n      - kuma\n", "").replace("    shortNames:\n      - mhc\n", "");
    const withoutRules = JSON.stringify(parse(definition), (key, value: unknown) => (key === "x-kubernetes-validations" ? undefined : value));
    const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/meshhealthchecks.${group}?fieldManager=test&force=true`;
    const define = async (text: string): Promise<void> => {
      const answer = await api.request("PATCH", at, { body: text, contentType: "application/apply-patch+yaml" });
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
    };
    const list = `/apis/${group}/v1alpha1/namespaces/${namespace}/meshhealthchecks`;
    const older = `${list}/check`;
    await define(withoutRules);
    const stored = policy(specOf({ interval: "0s", http: {} }), `${group}/v1alpha1`);
    await waitUntil("it can be stored", async () => (await api.request("POST", list, { body: stored })).status === 201);
    await define(definition);
    const edit = async (spec: unknown): Promise<number> => (await api.request("PATCH", older, { body: { spec } })).status;
    // Nothing is stored: what the rules find when they come has to be what was there before.
    await waitUntil("the rules hold", async () => (await api.request("POST", `${list}?dryRun=All`, { body: stored.replace('"check"', '"later"') })).status === 422);
    assert.equal(await edit(specOf({ interval: "-1s", http: {} })), 422);
    const relabelled = await api.request("PATCH", older, { body: { metadata: { labels: { a: "b" } } } });
    assert.deepEqual([relabelled.status, (await read(older)).spec], [200, specOf({ interval: "0s", http: {} })]);
    assert.equal(await edit(specOf({ interval: "1s", http: {} })), 200);
    await api.request("DELETE", at.replace(/\?.*/, ""));
  });
});
