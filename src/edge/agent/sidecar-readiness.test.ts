import assert from "node:assert/strict";
import { createSidecarReadiness } from "./sidecar-readiness.ts";

const everything = {
  "cluster_manager.cds.update_success": 1, "listener_manager.lds.update_success": 1, "server.state": 0, "listener_manager.workers_started": 1,
};

describe("a sidecar's readiness", () => {
  const cases: readonly [title: string, stats: Readonly<Record<string, number>>, reason: RegExp | undefined][] = [
    ["everything is there", everything, undefined],
    ["nothing came yet", {}, /^no configuration was received.*clusters: 0 successful, 0 rejected; listeners: 0 successful/],
    ["no listeners came yet", { ...everything, "listener_manager.lds.update_success": 0 }, /^no configuration was received/],
    ["the clusters were rejected", { ...everything, "cluster_manager.cds.update_success": 0, "cluster_manager.cds.update_rejected": 2 }, /was rejected \(clusters: 0 successful, 2 rejected/],
    ["it is initializing", { ...everything, "server.state": 3 }, /INITIALIZING/],
    ["its workers have not begun", { ...everything, "listener_manager.workers_started": 0 }, /workers/],
  ];
  for (const [title, stats, expected] of cases) {
    it(`is ${expected === undefined ? "given" : "not given"} when ${title}`, async () => {
      const asked: string[] = [];
      const admin = {
        stats: (filter: string) => {
          asked.push(filter);
          return Promise.resolve(new Map(Object.entries(stats)));
        },
      };
      const reason = await createSidecarReadiness(admin).reason({});
      if (expected === undefined) assert.equal(reason, undefined);
      else assert.match(reason ?? "", expected);
      assert.ok(Object.keys(stats).every((name) => new RegExp(asked[0] ?? "").test(name)), "asks for what it looks at");
    });
  }

  it("stays, without anybody being asked again, until another Envoy runs", async () => {
    let answers: Readonly<Record<string, number>> | undefined = everything;
    const readiness = createSidecarReadiness({ stats: () => (answers === undefined ? Promise.reject(new Error("gone")) : Promise.resolve(new Map(Object.entries(answers)))) });
    const [first, second] = [{}, {}];
    assert.equal(await readiness.reason(first), undefined);
    answers = undefined;
    assert.equal(await readiness.reason(first), undefined);
    assert.equal(await readiness.reason(second), "Envoy does not answer");
    answers = { "server.state": 0, "listener_manager.workers_started": 1 };
    assert.match((await readiness.reason(second)) ?? "", /^no configuration/);
  });
});
