import assert from "node:assert/strict";
import fc from "fast-check";
import type { Resource } from "../model/resource.ts";
import { decodeReport, encodeReport, policyVersion, sumReports } from "./replica-report.ts";
import type { PolicyReport, ReplicaReport } from "./replica-report.ts";

const key = "MeshHealthCheck/default/hc.demo";
const policy = (version: string, needing: number, programmed: number, rejecting = 0, ...proxies: string[]): PolicyReport => ({ version, needing, programmed, rejecting, refusals: proxies.map((proxy) => ({ proxy, message: "no" })) });
const report = (one: PolicyReport): ReplicaReport => new Map([[key, one]]);

describe("reports of replicas", () => {
  it("come back as they were written", () => {
    const count = fc.nat(5_000);
    const refusal = fc.record({ proxy: fc.string(), message: fc.string() }, { noNullPrototype: true });
    const one = fc.record({ version: fc.string(), needing: count, programmed: count, rejecting: count, refusals: fc.array(refusal) }, { noNullPrototype: true });
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(fc.string(), one), { selector: ([name]) => name }), (entries) => {
      const written = new Map(entries.filter(([name]) => name !== "__proto__").map(([name, each]) => [name, each.needing + each.rejecting === 0 ? { ...each, programmed: 0, refusals: [] } : each]));
      assert.deepEqual(decodeReport(encodeReport(written)), written);
    }));
  });

  it("are equal texts when they say the same, in whatever order", () => {
    const entries = ["b", "a", "c"].map((name) => [name, policy("v", 1, 1)] as const);
    assert.equal(encodeReport(new Map(entries)), encodeReport(new Map([...entries].reverse())));
  });

  it("that make no sense count for nothing", () => {
    for (const text of ["", "[]", "null", '{"policies":3}']) assert.equal(decodeReport(text), undefined);
    assert.deepEqual(decodeReport('{"policies":{"a":[1],"b":["v","x",1,1],"c":"v","d":["v",1,2,null]}}'), new Map([["c", policy("v", 0, 0)]]));
  });

  it("add up over replicas", () => {
    const facts = sumReports(key, "v", [report(policy("v", 3, 2, 1, "web-2.demo")), report(policy("v", 4, 3, 0)), report(policy("v", 0, 0))]);
    assert.deepEqual(facts, { tally: { needing: 7, programmed: 5, pending: 1, rejecting: 1 }, refusals: [{ proxy: "web-2.demo", message: "no" }], behind: 0 });
  });

  it("of another version count only for who needs it, and a replica that does not know the policy is behind", () => {
    const facts = sumReports(key, "v", [report(policy("v", 3, 3)), report(policy("old", 4, 4, 1, "web-1.demo")), new Map()]);
    assert.deepEqual(facts, { tally: { needing: 7, programmed: 3, pending: 4, rejecting: 0 }, refusals: [], behind: 2 });
  });

  it("call versions by what a policy says: not by its times, nor by the order of its labels", () => {
    const resource: Resource = { kind: "MeshHealthCheck", mesh: "default", name: "hc.demo", labels: { a: "1", b: "2" }, spec: { to: [] } };
    assert.equal(policyVersion(resource), policyVersion({ ...resource, labels: { b: "2", a: "1" }, modificationTime: "2026-11-21T10:00:00Z" }));
    assert.notEqual(policyVersion(resource), policyVersion({ ...resource, spec: { to: [{}] } }));
    assert.notEqual(policyVersion(resource), policyVersion({ ...resource, labels: { a: "1" } }));
  });
});
