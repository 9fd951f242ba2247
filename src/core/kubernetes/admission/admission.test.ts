import assert from "node:assert/strict";
import type { JsonObject } from "../../base/json.ts";
import type { Notice } from "../../base/notice.ts";
import { parseResource } from "../../policy/parse-resource.ts";
import { answerReview } from "./answer-review.ts";
import { judgeObject, type JudgeOptions } from "./judge-object.ts";
import { readReview } from "./read-review.ts";

const options: JudgeOptions = { parse: (object) => parseResource(object), noticesOf: () => [], proxiesIn: () => 0 };

function policy(conf: object, metadata: object = {}): JsonObject {
  return {
    apiVersion: "kuma.io/v1alpha1",
    kind: "MeshHealthCheck",
    metadata: { name: "hc", namespace: "app", ...metadata },
    spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf }] },
  } as JsonObject;
}

const good = { interval: "10s", http: { path: "/health" } };

function review(request: object): JsonObject {
  const kind = { group: "kuma.io", version: "v1alpha1", kind: "MeshHealthCheck" };
  const whole = { uid: "u-1", operation: "CREATE", kind, name: "hc", namespace: "app", userInfo: { username: "mia" }, ...request };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: whole };
}

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string; readonly details: { readonly causes: readonly { readonly field: string; readonly message: string }[] } };
}

function ask(request: object, changed: Partial<JudgeOptions> = {}): Response {
  const asked = readReview(review(request));
  assert.notEqual(typeof asked, "string", "the review can be read");
  if (typeof asked === "string") throw new Error(asked);
  return answerReview(asked, judgeObject(asked, { ...options, ...changed })).response as unknown as Response;
}

describe("the answer to an AdmissionReview", () => {
  it("lets a valid policy pass, with the uid of the request and nothing else", () => {
    assert.deepEqual(ask({ object: policy(good) }), { uid: "u-1", allowed: true });
  });

  it("refuses with 422 Invalid and a cause for every violation, each with the path of its field", () => {
    const response = ask({ object: policy({ interval: "-1s", timeout: "soon", tcp: { send: "§" } }) });
    assert.equal(response.allowed, false);
    assert.equal(response.status?.code, 422);
    assert.equal(response.status.reason, "Invalid");
    const fields = response.status.details.causes.map(({ field }) => field);
    assert.deepEqual(fields.sort(), ["spec.to[0].default.interval", "spec.to[0].default.tcp.send", "spec.to[0].default.timeout"]);
    for (const field of fields) assert.ok(response.status.message.includes(`${field}: `), `the message has ${field}`);
  });

  it("gives notices as warnings: those of the document, and those of the World", () => {
    const about = { kind: "MeshHealthCheck", mesh: "default", name: "hc.app" };
    const notice: Notice = { code: "nobody-calls", about, path: "spec.to[0]", message: "nobody calls it" };
    const object = { ...policy(good), spec: { from: [], to: [{ targetRef: { kind: "Mesh" }, default: good }] } };
    const response = ask({ object }, { noticesOf: ({ name }) => (name === "hc.app" ? [notice] : []) });
    assert.equal(response.allowed, true);
    assert.match(response.warnings?.[0] ?? "", /^spec\.from: MeshHealthCheck has no `from`/);
    assert.equal(response.warnings?.[1], "spec.to[0]: nobody calls it");
  });

  it("says which labels are the control plane's to write", () => {
    const labels = { "kuma.io/policy-role": "system" };
    const [warning] = ask({ object: policy(good, { labels }) }).warnings ?? [];
    assert.equal(warning, 'metadata.labels["kuma.io/policy-role"]: is worked out by the control plane, and taken as "consumer"');
  });

  it("refuses to change where a resource came from", () => {
    const before = policy(good, { labels: { "kuma.io/origin": "zone" } });
    const response = ask({ operation: "UPDATE", object: policy(good, { labels: { "kuma.io/origin": "global" } }), oldObject: before });
    assert.deepEqual(response.status?.details.causes.map(({ field }) => field), ['metadata.labels["kuma.io/origin"]']);
  });

  it("lets an object that is invalid already be changed elsewhere, with a warning, and be deleted", () => {
    const stored = policy({ interval: "0s", http: {} });
    const annotated = { ...stored, metadata: { name: "hc", namespace: "app", annotations: { a: "b" } } };
    const response = ask({ operation: "UPDATE", object: annotated, oldObject: stored });
    assert.equal(response.allowed, true);
    assert.match(response.warnings?.[0] ?? "", /^is invalid already, and stays so: spec\.to\[0\]\.default\.interval: /);
    const ending = { ...stored, metadata: { name: "hc", namespace: "app", deletionTimestamp: "2030-01-01T00:00:00Z" } };
    assert.deepEqual(ask({ operation: "UPDATE", object: ending, oldObject: policy(good) }), { uid: "u-1", allowed: true });
    assert.equal(ask({ operation: "UPDATE", object: policy({ interval: "0s", tcp: {} }), oldObject: stored }).allowed, false, "its spec has to become valid");
  });

  it("lets kinds pass that a newer control plane may know", () => {
    const object = { apiVersion: "kuma.io/v1alpha1", kind: "MeshNovelty", metadata: { name: "x" }, spec: {} };
    const response = ask({ kind: { group: "kuma.io", version: "v1alpha1", kind: "MeshNovelty" }, object });
    assert.equal(response.allowed, true);
    assert.deepEqual(response.warnings, ["MeshNovelty is not known to this control plane, so that it does nothing"]);
  });

  it("takes cluster-scoped kinds, and objects without a name yet", () => {
    const kind = { group: "kuma.io", version: "v1alpha1", kind: "Mesh" };
    assert.equal(ask({ kind, namespace: undefined, object: { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: "demo" } } }).allowed, true);
    const generated = policy(good, { name: "hc-x7x2p", generateName: "hc-" });
    assert.deepEqual(ask({ name: "", object: generated }), { uid: "u-1", allowed: true });
  });

  it("keeps a Mesh while there are proxies in it", () => {
    const mesh = { operation: "DELETE", kind: { group: "kuma.io", version: "v1alpha1", kind: "Mesh" }, name: "demo", oldObject: {} };
    const response = ask(mesh, { proxiesIn: (name) => (name === "demo" ? 1 : 0) });
    assert.match(response.status?.message ?? "", /unable to delete mesh, there are still some dataplanes attached/);
    assert.equal(ask(mesh).allowed, true);
    assert.equal(ask({ operation: "DELETE", oldObject: policy(good) }, { proxiesIn: () => 1 }).allowed, true, "a policy goes when its author says so");
  });

  it("has the patch of what is allowed, and none for what is not or stays as it is", () => {
    const asked = readReview(review({ object: policy(good) }));
    if (typeof asked === "string") throw new Error(asked);
    const patch = [{ op: "add", path: "/metadata/annotations", value: { note: "für alle" } }] as const;
    const found = { violations: [], warnings: [] };
    const { patchType, patch: encoded } = answerReview(asked, { ...found, patch })["response"] as { readonly patchType?: string; readonly patch?: string };
    assert.equal(patchType, "JSONPatch");
    assert.deepEqual(JSON.parse(Buffer.from(encoded ?? "", "base64").toString()), patch);
    const refused = answerReview(asked, { ...found, violations: [{ path: "spec", message: "is wrong" }], patch })["response"];
    assert.ok(!Object.hasOwn(refused as object, "patch"));
    assert.deepEqual(answerReview(asked, { ...found, patch: [] })["response"], { uid: "u-1", allowed: true });
  });

  it("fits warnings into what the API server passes on", () => {
    const about = { kind: "MeshHealthCheck", mesh: "default", name: "hc.app" };
    const notices = Array.from({ length: 50 }, (_, i): Notice => ({ code: "inert-setting", about, path: "", message: `${i}\nthere is much to say ${"x".repeat(300)}` }));
    const { warnings = [] } = ask({ object: policy(good) }, { noticesOf: () => notices });
    assert.ok(warnings.join("").length < 4096 - 200, "the API server drops what is longer in all");
    assert.match(warnings.at(-1) ?? "", /^and \d+ more: they stand in the object's status$/);
    for (const warning of warnings) assert.doesNotMatch(warning, /\p{Cc}/u);
  });

  for (const [title, body, says] of [
    ["no object", "x", /no AdmissionReview/],
    ["another version", { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1beta1" }, /only admission\.k8s\.io\/v1/],
    ["no request", { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" }, /no request/],
    ["an answer", { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response: { uid: "x", allowed: true } }, /no request/],
  ] as const) {
    it(`cannot be made for ${title}`, () => {
      const read = readReview(body);
      assert.match(typeof read === "string" ? read : "", says);
    });
  }
});
