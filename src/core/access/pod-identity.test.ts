import assert from "node:assert/strict";
import { podOfReview, readPodClaims, refusalForPod } from "./pod-identity.ts";

const extra = {
  "authentication.kubernetes.io/pod-name": ["web-1"],
  "authentication.kubernetes.io/pod-uid": ["u-1"],
  "authentication.kubernetes.io/credential-id": ["JTI=x"],
};
const user = { username: "system:serviceaccount:shop:web", groups: ["system:serviceaccounts"], extra };
const good = { authenticated: true, audiences: ["probeplane"], user };
const pod = { name: "web-1", namespace: "shop", uid: "u-1", serviceAccount: "web" };

describe("the pod of a TokenReview", () => {
  it("is the one that the token is bound to", () => {
    assert.deepEqual(podOfReview(good, "probeplane"), pod);
  });

  for (const [title, status, refusal] of [
    ["nothing", undefined, "not valid"],
    ["a bad signature", { authenticated: false, error: "[invalid bearer token, square/go-jose: error in cryptographic primitive]" }, "not valid"],
    ["an expired token", { authenticated: false, error: "[invalid bearer token, service account token has expired]" }, "expired"],
    ["another audience", { error: '[invalid bearer token, token audiences ["api"] is invalid for the target audiences ["probeplane"]]' }, "not for this audience"],
    ["an API server that knows no audiences", { ...good, audiences: undefined }, "not for this audience"],
    ["a confirmed audience that is not ours", { ...good, audiences: ["vault"] }, "not for this audience"],
    ["a user that is no service account", { ...good, user: { ...user, username: "mia" } }, "not for a pod"],
    ["a token that is bound to no pod", { ...good, user: { username: user.username } }, "not for a pod"],
    ["a pod without a uid", { ...good, user: { ...user, extra: { ...extra, "authentication.kubernetes.io/pod-uid": [] } } }, "not for a pod"],
    ["two pods", { ...good, user: { ...user, extra: { ...extra, "authentication.kubernetes.io/pod-name": ["web-1", "web-2"] } } }, "not for a pod"],
  ] as const) {
    it(`is refused for ${title}: ${refusal}`, () => {
      assert.equal(podOfReview(status, "probeplane"), refusal);
    });
  }

  it("may have the configuration of the proxy that is derived from it, and no other's", () => {
    assert.equal(refusalForPod(pod, { mesh: "default", name: "web-1.shop" }), undefined);
    for (const name of ["web-2.shop", "web-1.other", "web-1", "1.shop", "web-1.shop.x", ""]) {
      assert.equal(refusalForPod(pod, { mesh: "default", name }), "not for this proxy", name);
    }
  });

  it("is looked for only in tokens as Kubernetes makes them", () => {
    assert.deepEqual(readPodClaims({ aud: ["a", "b"], exp: 10, "kubernetes.io": { pod: {} } }), { audiences: ["a", "b"], expiresMs: 10_000 });
    assert.deepEqual(readPodClaims({ aud: "a", "kubernetes.io": {} }), { audiences: ["a"], expiresMs: undefined });
    assert.equal(readPodClaims({ Mesh: "default", Name: "web-1" }), undefined);
    assert.equal(readPodClaims("x"), undefined);
  });
});
