import assert from "node:assert/strict";
import { briefDetail, describePreview, fullDetail, isDifferent, type PreviewAnswer } from "./describe-preview.ts";

const cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
const proxies = (count: number): readonly { mesh: string; name: string }[] => Array.from({ length: count }, (_, i) => ({ mesh: "demo", name: `web-${i}` }));
const field = { path: "healthChecks[0].interval", before: "10s", after: "5s" };
const resource = { type: "MeshHealthCheck", mesh: "demo", name: "hc", outcome: "updated", fields: [{ path: "spec.x", before: 1, after: 2 }] } as const;
const change = { typeUrl: cluster, name: "backend", change: "changed", fields: [field] } as const;

function answer(groups: PreviewAnswer["proxies"]["groups"], resources: PreviewAnswer["resources"] = [resource]): PreviewAnswer {
  return { resources, proxies: { total: groups.reduce((sum, group) => sum + group.proxies.length, 0), groups, omittedGroups: 0 } };
}

describe("describePreview", () => {
  it("tells the store first, then proxies, those alike together, fields before and after", () => {
    const lines = describePreview(answer([{ effect: "changed", proxies: proxies(2), changes: [change] }]), briefDetail);
    assert.deepEqual(lines, [
      "in the store: 1 resource",
      "  ~ MeshHealthCheck demo/hc",
      "      spec.x: 1 → 2",
      "in the configuration of: 2 proxies",
      "  2 proxies: demo/web-0, demo/web-1",
      "    ~ cluster backend",
      "        healthChecks[0].interval: \"10s\" → \"5s\"",
    ]);
  });

  it("stays short for a thousand proxies with many changes, and says how to see the rest", () => {
    const changes = Array.from({ length: 300 }, (_, i) => ({ ...change, name: `s${i}`, fields: Array.from({ length: 50 }, () => field) }));
    const groups = Array.from({ length: 100 }, () => ({ effect: "changed" as const, proxies: proxies(10), changes }));
    const lines = describePreview(answer(groups), briefDetail);
    assert.ok(lines.length < 300, `${lines.length} lines`);
    assert.ok(lines.includes("    and 295 more resources"));
    assert.ok(lines.includes("        and 46 more fields"));
    assert.equal(lines.at(-1), "  and 92 more groups of proxies; --proxy NAME shows one, -o json all");
    assert.ok(lines.includes("  10 proxies: demo/web-0, demo/web-1, demo/web-2, demo/web-3 and 6 more"));
    assert.ok(describePreview(answer(groups), fullDetail).length > 100 * 300 * 50);
  });

  it("tells proxies that come and go, and resources created and deleted", () => {
    const resources = [{ ...resource, outcome: "created", fields: [] }, { ...resource, type: "Mesh", mesh: "", outcome: "deleted", fields: [] }] as const;
    const lines = describePreview(answer([{ effect: "new", proxies: proxies(1), changes: [] }, { effect: "gone", proxies: proxies(2), changes: [] }], resources), briefDetail);
    assert.deepEqual(lines, [
      "in the store: 2 resources",
      "  + MeshHealthCheck demo/hc created",
      "  - Mesh hc deleted",
      "in the configuration of: 3 proxies",
      "  1 new proxy: demo/web-0",
      "  2 gone proxies: demo/web-0, demo/web-1",
    ]);
  });

  it("cuts long values, and says when there was or is nothing", () => {
    const long = { ...change, fields: [{ path: "healthChecks", after: "x".repeat(500) }] };
    const lines = describePreview(answer([{ effect: "changed", proxies: proxies(1), changes: [long] }]), briefDetail);
    assert.match(lines.at(-1)!, /^ {8}healthChecks: nothing → "x{96}…$/);
  });

  it("is nothing when nothing differs", () => {
    const same = answer([], [{ ...resource, outcome: "unchanged", fields: [] }]);
    assert.equal(isDifferent(same), false);
    assert.deepEqual(describePreview(same, briefDetail), []);
    assert.equal(isDifferent(answer([])), true);
  });
});
