import assert from "node:assert/strict";
import type { ConfList } from "./kind.ts";
import { validatePolicy } from "./validate-policy.ts";

const all: readonly ConfList[] = ["to", "rules", "from"];

function texts(spec: unknown, lists = all, someListRequired = true): string[] {
  const checks = { lists, ...(someListRequired && { someListRequired }), kinds: { from: ["Mesh"] }, validateItem: () => [] };
  return validatePolicy(spec, checks).map(({ path, message }) => `${path}: ${message}`);
}

const mesh = { targetRef: { kind: "Mesh" }, default: {} };
const one = (match: unknown) => texts({ rules: [{ matches: [match], default: {} }] });

describe("validatePolicy", () => {
  it("takes each list alone, and `to` beside `from`", () => {
    for (const spec of [{ to: [mesh] }, { from: [mesh] }, { rules: [{ default: {} }] }, { to: [mesh], from: [mesh] }]) assert.deepEqual(texts(spec), []);
  });

  it("refuses `rules` beside another list, and a policy without any entry", () => {
    const mixed = { to: [mesh], rules: [{}] };
    assert.deepEqual(texts(mixed), [": fields 'to' and 'from' must be empty when 'rules' is defined"]);
    assert.deepEqual(texts({ from: [mesh], rules: [{}] }, ["rules", "from"]), [": field 'from' must be empty when 'rules' is defined"]);
    assert.deepEqual(texts({}), [": at least one of 'from', 'to' or 'rules' has to be defined"]);
    assert.deepEqual(texts({ rules: [] }, ["rules", "from"]), [": at least one of 'from' or 'rules' has to be defined"]);
    assert.deepEqual(texts({}, all, false), []);
  });

  it("takes the section of a Dataplane where there are rules, and in no other policy", () => {
    const targetRef = { kind: "Dataplane", labels: { app: "a" }, sectionName: "http" };
    assert.deepEqual(texts({ targetRef, rules: [{}] }), []);
    assert.deepEqual(texts({ targetRef, from: [mesh] }), []);
    assert.deepEqual(texts({ targetRef, to: [mesh] }), ["targetRef.sectionName: can only be used with inbound policies"]);
  });

  it("refuses a kind that this kind of policy does not take", () => {
    const from = [{ targetRef: { kind: "MeshService", name: "a" } }];
    assert.deepEqual(texts({ from }), ["from[0].targetRef.kind: value 'MeshService' is not supported"]);
  });

  it("takes SPIFFE IDs and server names", () => {
    assert.deepEqual(one({ spiffeID: { type: "Exact", value: "spiffe://default/web" } }), []);
    assert.deepEqual(one({ spiffeID: { type: "Prefix", value: "spiffe://default/ns/" }, sni: { type: "Exact", value: "backend.demo" } }), []);
  });

  for (const [match, expected] of [
    [{}, [": must specify at least one of 'spiffeID' or 'sni'"]],
    [{ spiffeID: {} }, [".spiffeID.type: must be set", ".spiffeID: must be a valid Spiffe ID: cannot be empty"]],
    [{ spiffeID: { type: "Regex", value: "spiffe://a" } }, ['.spiffeID.type: unrecognized type "Regex", supported values are: Exact, Prefix']],
    [{ spiffeID: { type: "Exact", value: "http://a" } }, [".spiffeID: must be a valid Spiffe ID: scheme is missing or invalid"]],
    [{ spiffeID: { type: "Exact", value: "spiffe:///a" } }, [".spiffeID: must be a valid Spiffe ID: trust domain is missing"]],
    [{ spiffeID: { type: "Exact", value: "spiffe://a/b/" } }, [".spiffeID: must be a valid Spiffe ID: path cannot have a trailing slash"]],
    [{ spiffeID: { type: "Exact", value: "spiffe://a/b//c" } }, [".spiffeID: must be a valid Spiffe ID: path cannot contain empty segments"]],
    [{ spiffeID: { type: "Exact", value: "spiffe://a/../c" } }, [".spiffeID: must be a valid Spiffe ID: path cannot contain dot segments"]],
    [{ sni: { type: "Prefix" } }, ['.sni.type: unrecognized type "Prefix", supported values are: Exact', ".sni.value: must be set"]],
    [{ sni: { type: "Exact", value: "A b" } }, [".sni.value: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"]],
  ] as const) {
    it(`refuses the match ${JSON.stringify(match)}`, () => assert.deepEqual(one(match), expected.map((text) => `rules[0].matches[0]${text}`)));
  }

  it("passes over what is of a wrong type", () => {
    for (const spec of [null, 1, { rules: 3 }, { rules: [null, 1] }, { rules: [{ matches: [1, { spiffeID: 3 }, { sni: { type: "Exact", value: 3 } }] }] }]) texts(spec);
  });
});
