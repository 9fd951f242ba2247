import assert from "node:assert/strict";
import type { Policy, RuleItem, RuleMatch } from "../model/target-ref.ts";
import { mergeRules } from "./merge-rules.ts";

const policy: Policy = { kind: "MeshTimeout", mesh: "default", name: "p", labels: {}, spec: {} };
const exact: RuleMatch = { spiffeID: { type: "Exact", value: "spiffe://m/ns/web" } };
const prefix: RuleMatch = { spiffeID: { type: "Prefix", value: "spiffe://m/ns/" } };
const wide: RuleMatch = { spiffeID: { type: "Prefix", value: "spiffe://m/" } };
const other: RuleMatch = { spiffeID: { type: "Exact", value: "spiffe://m/other" } };
const named: RuleMatch = { sni: { type: "Exact", value: "a" } };

function merged(items: readonly RuleItem[], keepsEntries?: true) {
  return mergeRules(items.map((item, index) => ({ policy, list: "rules" as const, index, item })), keepsEntries === undefined ? {} : { keepsEntries });
}

describe("mergeRules", () => {
  it("merges what is for everybody, and gives each match what takes it in, the most specific last", () => {
    const { rules, decidedBy } = merged([
      { matches: [exact], default: { a: 1 } },
      { matches: [wide], default: { a: 2, b: 2 } },
      { default: { a: 3, c: 3 } },
      { matches: [prefix, other], default: { a: 4 } },
    ]);
    assert.deepEqual(rules.conf, { a: 3, c: 3 });
    assert.deepEqual(
      rules.matched.map(({ match, conf }) => [match, conf]),
      [
        [exact, { a: 1, b: 2, c: 3 }],
        [other, { a: 4, b: 2, c: 3 }],
        [prefix, { a: 4, b: 2, c: 3 }],
        [wide, { a: 2, b: 2, c: 3 }],
      ],
    );
    assert.deepEqual(decidedBy["a"], { policy: "p", item: "rules[2]" });
    assert.deepEqual(decidedBy["[Exact spiffe://m/ns/web] a"], { policy: "p", item: "rules[0]" });
    assert.equal(decidedBy["[Exact spiffe://m/ns/web] c"], undefined);
  });

  it("puts a match with a SPIFFE ID before one with a server name alone", () => {
    const { rules } = merged([{ matches: [named], default: { a: 1 } }, { matches: [exact], default: { a: 2 } }]);
    assert.deepEqual(rules.matched.map(({ match }) => match), [exact, named]);
    assert.equal(rules.hasConf, false);
  });

  it("leaves entries as they are for a kind that wants them so", () => {
    const { rules, decidedBy } = merged([{ default: { deny: [] } }, { default: { allow: [] } }], true);
    assert.deepEqual(rules.entries.map(({ item }) => item.default), [{ deny: [] }, { allow: [] }]);
    assert.deepEqual([rules.conf, rules.matched], [{}, []]);
    assert.deepEqual(decidedBy, { "p rules[0]": { policy: "p", item: "rules[0]" }, "p rules[1]": { policy: "p", item: "rules[1]" } });
  });
});
