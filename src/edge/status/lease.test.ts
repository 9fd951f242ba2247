import assert from "node:assert/strict";
import { createExpiryWatch, leaseSeconds, microTime } from "./lease.ts";
import type { Lease } from "./lease.ts";

const lease = (renewTime: string, holderIdentity = "one"): Lease => ({ metadata: { name: "probeplane-leader", uid: "1" }, spec: { holderIdentity, leaseDurationSeconds: 10, renewTime } });

describe("a lease", () => {
  it("runs out when it was not renewed for as long as it lasts, as seen from here, whatever the holder's clock says", () => {
    let nowMs = 0;
    const watch = createExpiryWatch(() => nowMs);
    const at = (ms: number, of: Lease): boolean => {
      nowMs = ms;
      return watch.isExpired(of);
    };
    const longAgo = lease("1999-01-01T00:00:00.000000Z");
    assert.equal(at(1_000_000, longAgo), false);
    assert.equal(at(1_010_000, longAgo), false);
    assert.equal(at(1_010_001, longAgo), true);
    // The holder's clock jumped back by an hour: it renewed all the same.
    const renewed = lease("1998-12-31T23:00:00.000000Z");
    assert.equal(at(1_010_002, renewed), false);
    assert.equal(at(1_020_003, renewed), true);
    assert.equal(at(1_020_004, lease("1998-12-31T23:00:00.000000Z", "two")), false);
  });

  it("is written as the API server takes it", () => {
    assert.equal(microTime(new Date(0)), "1970-01-01T00:00:00.000000Z");
    assert.deepEqual([100, 1_000, 1_001, 15_000].map(leaseSeconds), [1, 1, 2, 15]);
  });
});
