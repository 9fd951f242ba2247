import assert from "node:assert/strict";
import type { PodIdentity } from "../../../core/access/pod-identity.ts";
import type { TokenRefusal } from "../../../core/access/refusal.ts";
import { createRecordingLog } from "../../../../test/kit/silent-log.ts";
import { createPodAuthentication } from "./authenticate-pod.ts";
import { rememberReviews, type RememberReviewsOptions } from "./remember-reviews.ts";
import type { ReviewToken } from "./review-token.ts";

const pod: PodIdentity = { name: "web-1", namespace: "shop", uid: "u", serviceAccount: "web" };

/** A token with these claims, signed by nobody. */
function token(claims: object, id = ""): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ aud: ["probeplane"], "kubernetes.io": {}, ...claims })}.c2ln${id}`;
}

/** An API server that a test tells what to answer, and a clock that it moves. */
class FakeReviews {
  readonly asked: string[] = [];
  readonly log = createRecordingLog();
  readonly ask: ReviewToken;
  answer: PodIdentity | TokenRefusal | Error = pod;
  ms = 0;
  readonly problems: (string | undefined)[] = [];

  constructor(options: Partial<RememberReviewsOptions> = {}) {
    this.ask = rememberReviews((shown) => this.#review(shown), { steadyMs: () => this.ms, logger: this.log, onProblem: (problem) => this.problems.push(problem), ...options });
  }

  async #review(shown: string): Promise<PodIdentity | TokenRefusal> {
    this.asked.push(shown);
    await Promise.resolve();
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

describe("reviews of tokens", () => {
  it("are asked for once a minute for each token, and once at a time", async () => {
    const api = new FakeReviews();
    assert.deepEqual(await Promise.all([api.ask("a"), api.ask("a"), api.ask("b")]), [pod, pod, pod]);
    assert.deepEqual(api.asked, ["a", "b"]);
    api.ms = 59_000;
    await api.ask("a");
    assert.equal(api.asked.length, 2, "known since less than a minute");
    api.ms = 61_000;
    await api.ask("a");
    assert.deepEqual(api.asked, ["a", "b", "a"]);
  });

  it("that refuse are repeated for some seconds, so that a proxy that keeps trying costs nothing", async () => {
    const api = new FakeReviews();
    api.answer = "not valid";
    assert.equal(await api.ask("a"), "not valid");
    api.answer = pod;
    api.ms = 4_000;
    assert.equal(await api.ask("a"), "not valid");
    api.ms = 6_000;
    assert.equal(await api.ask("a"), pod);
  });

  it("hold for minutes while the API server does not answer; who is new is told so at once", async () => {
    const api = new FakeReviews();
    await api.ask("known");
    api.answer = new Error("connection refused");
    api.ms = 120_000;
    assert.equal(await api.ask("new"), "not checkable");
    assert.equal(await api.ask("known"), pod, "an answer of two minutes ago");
    assert.equal(await api.ask("newer"), "not checkable");
    assert.deepEqual(api.asked, ["known", "new"], "a server that does not answer is left alone for a moment");
    assert.equal(api.log.lines.length, 1, "and it is told once");
    api.ms = 700_000;
    assert.equal(await api.ask("known"), "not checkable", "for good is no good answer");
    api.answer = pod;
    api.ms = 702_000;
    assert.equal(await api.ask("new"), pod);
    assert.deepEqual(api.problems, ["tokens of pods cannot be reviewed: connection refused", undefined]);
    assert.ok(!JSON.stringify(api.log.lines).includes("new"), "no token is in the log");
  });

  it("are kept for so many tokens and no more", async () => {
    const api = new FakeReviews({ maxEntries: 2 });
    for (const each of ["a", "b", "c", "c", "a"]) await api.ask(each);
    assert.deepEqual(api.asked, ["a", "b", "c", "a"]);
  });
});

describe("authentication of pods", () => {
  const nowMs = Date.parse("2030-01-01T00:00:00Z");
  function authentication(options: { readonly nowMs?: number } = {}) {
    const under = { asked: 0, steady: 0, others: [] as (string | undefined)[] };
    const authenticate = createPodAuthentication({
      review: () => {
        under.asked++;
        return Promise.resolve(pod);
      },
      audience: "probeplane",
      others: (authorization) => {
        under.others.push(authorization);
        return Promise.resolve("missing");
      },
      now: () => options.nowMs ?? nowMs,
      steadyMs: () => under.steady,
    });
    return { under, authenticate };
  }
  const proxy = { mesh: "default", name: "web-1.shop" };

  it("lets a pod have its own configuration, until its token ends", async () => {
    const { under, authenticate } = authentication();
    const credential = await authenticate(`Bearer ${token({ exp: nowMs / 1000 + 3600 })}`);
    assert.ok(typeof credential !== "string");
    assert.equal(credential.refusal(proxy), undefined);
    assert.equal(credential.refusal({ mesh: "default", name: "web-2.shop" }), "not for this proxy");
    under.steady = 3_599_000;
    assert.equal(credential.refusal(proxy), undefined);
    under.steady = 3_600_000;
    assert.equal(credential.refusal(proxy), "expired");
  });

  it("takes the API server's word for the time, where our clock has jumped", async () => {
    const { under, authenticate } = authentication({ nowMs: nowMs + 24 * 3_600_000 });
    const credential = await authenticate(token({ exp: nowMs / 1000 + 3600 }));
    assert.ok(typeof credential !== "string");
    assert.equal(credential.refusal(proxy), undefined);
    under.steady = 60_000;
    assert.equal(credential.refusal(proxy), "expired", "but asks it again every minute");
  });

  it("asks nobody about a token that is for others, and leaves what is no pod's to other ways", async () => {
    const { under, authenticate } = authentication();
    assert.equal(await authenticate(token({ aud: ["https://kubernetes.default.svc"] })), "not for this audience");
    for (const shown of [undefined, "", "Bearer x", `Bearer ${token({ "kubernetes.io": undefined })}`, token({ long: "x".repeat(20_000) })]) await authenticate(shown);
    assert.equal(under.asked, 0);
    assert.equal(under.others.length, 5);
  });
});
