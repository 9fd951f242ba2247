import assert from "node:assert/strict";
import { planCertificates, type PresentAuthority, type PresentCertificate } from "./certificate-plan.ts";

const dayMs = 24 * 60 * 60 * 1000;
const nowMs = Date.parse("2030-01-01T00:00:00Z");
const names = ["probeplane.system.svc"];

/** Made so many days ago, good for ten years. */
function authority(ageDays: number, canSign = true): PresentAuthority {
  return { notBeforeMs: nowMs - ageDays * dayMs, notAfterMs: nowMs + (3650 - ageDays) * dayMs, canSign };
}

function certificate(signedBy: number | undefined, changed: Partial<PresentCertificate> = {}): PresentCertificate {
  return { notBeforeMs: nowMs - 10 * dayMs, notAfterMs: nowMs + 355 * dayMs, names, signedBy, ...changed };
}

function plan(authorities: readonly PresentAuthority[], present?: PresentCertificate, at = nowMs): ReturnType<typeof planCertificates> {
  return planCertificates(authorities, present, { names, nowMs: at });
}

describe("the plan for certificates", () => {
  it("makes both at first", () => {
    assert.deepEqual(plan([]), { makeAuthority: true, signBy: 0, keep: [] });
  });

  it("leaves alone what is good", () => {
    assert.deepEqual(plan([authority(0)], certificate(0)), { makeAuthority: false, keep: [0] });
  });

  for (const [title, changed] of [
    ["expired", { notAfterMs: nowMs - 1 }],
    ["that ends soon", { notAfterMs: nowMs + 20 * dayMs }],
    ["from the future, since a clock was set back", { notBeforeMs: nowMs + 1 }],
    ["for other names", { names: ["elsewhere"] }],
    ["of an authority that nobody trusts", { signedBy: undefined }],
  ] as const) {
    it(`renews a certificate ${title}`, () => {
      assert.equal(plan([authority(100)], certificate(0, changed)).signBy, 0);
    });
  }

  it("makes a successor two years before the end, which signs a year later", () => {
    const old = authority(3650 - 700);
    assert.deepEqual(plan([old], certificate(0)), { makeAuthority: true, keep: [0] });
    assert.deepEqual(plan([old, authority(0)], certificate(0)), { makeAuthority: false, keep: [0, 1] });
    assert.deepEqual(plan([authority(3650 - 300), authority(400)], certificate(0)), { makeAuthority: false, signBy: 1, keep: [0, 1] });
  });

  it("lets an authority that ends sign for as long as nobody knows another, and not over and over", () => {
    const ending = authority(3650 - 20);
    const present = certificate(0, { notAfterMs: ending.notAfterMs });
    assert.deepEqual(plan([ending], present), { makeAuthority: true, keep: [0] });
    assert.deepEqual(plan([ending, authority(1)], present), { makeAuthority: false, keep: [0, 1] });
    assert.equal(plan([ending, authority(31)], present).signBy, 1);
    assert.equal(plan([authority(3650), authority(1)], present).signBy, 1, "what is over signs nothing");
  });

  it("comes back to the authority that everybody knows, after a clock that jumped", () => {
    const first = authority(10);
    const later = nowMs + 20 * 365 * dayMs;
    assert.deepEqual(plan([first], certificate(0), later), { makeAuthority: true, signBy: 1, keep: [0] });
    const second: PresentAuthority = { notBeforeMs: later, notAfterMs: later + 3650 * dayMs, canSign: true };
    const signedLater = certificate(1, { notBeforeMs: later, notAfterMs: later + 365 * dayMs });
    assert.deepEqual(plan([first, second], signedLater), { makeAuthority: false, signBy: 0, keep: [0, 1] });
  });

  it("trusts what has no key, and has it sign nothing", () => {
    assert.deepEqual(plan([authority(100, false), authority(0)], certificate(1)), { makeAuthority: false, keep: [0, 1] });
    assert.deepEqual(plan([authority(100, false)]), { makeAuthority: true, signBy: 1, keep: [0] });
  });

  it("trusts four at most, among them always the one that signs", () => {
    const { keep } = plan([authority(100), authority(90, false), authority(80, false), authority(70, false), authority(60, false)], certificate(0));
    assert.deepEqual(keep, [0, 2, 3, 4]);
  });
});
