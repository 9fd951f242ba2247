import assert from "node:assert/strict";
import type { Notice, NoticeCode } from "../base/notice.ts";
import { parseResource } from "../policy/parse-resource.ts";
import type { Resource } from "../model/resource.ts";
import { compareStatuses } from "./compare-statuses.ts";
import { composeStatus } from "./compose-status.ts";
import type { StatusFacts } from "./compose-status.ts";
import { statusEvents } from "./status-events.ts";
import type { ResourceStatus } from "./status.ts";

const now = "2026-11-21T10:00:00Z";
const later = "2026-11-21T11:00:00Z";

function policy(labels: Readonly<Record<string, string>> = {}): Resource {
  const spec = { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { http: {} } }] };
  const parsed = parseResource({ apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "hc", namespace: "demo", labels }, spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.violations));
  return parsed.resource;
}

function facts(more: Partial<StatusFacts> = {}): StatusFacts {
  return { kind: "MeshHealthCheck", generation: 1, resource: policy(), violations: [], notices: [], ...more };
}

const proxies = (needing: number, programmed: number, pending = 0, rejecting = 0) => ({ tally: { needing, programmed, pending, rejecting }, refusals: [], behind: 0 });
const notice = (code: NoticeCode, path: string, message: string): Notice => ({ code, path, message, about: { kind: "MeshHealthCheck", mesh: "default", name: "hc.demo" } });
const compose = (more: Partial<StatusFacts> = {}, before: ResourceStatus["conditions"] = []): ResourceStatus => composeStatus(facts(more), before, now);
const said = (status: ResourceStatus): readonly string[] => status.conditions.map(({ type, status: holds, reason, message }) => `${type}=${holds} ${reason}: ${message}`);

describe("the status of a policy", () => {
  it("says that it is valid, that all is there, and that every proxy that needs it runs with it", () => {
    const status = compose({ proxies: proxies(3, 3) });
    assert.deepEqual(said(status), ["Accepted=True Accepted: valid", "ResolvedRefs=True ResolvedRefs: all that it names is there", "Programmed=True Programmed: 3 of 3 proxies"]);
    assert.deepEqual({ ...status, conditions: [] }, {
      observedGeneration: 1, conditions: [], target: "MeshService web", destinations: "backend", programmed: "3/3", proxies: { needing: 3, programmed: 3, pending: 0, rejecting: 0 }, to: [],
    });
  });

  it("gives every violation with its path, and lets the last valid version run on", () => {
    const violations = [{ path: "spec.to[0].default.interval", message: "must be greater than zero when defined" }, { path: "spec.to[0].default.timeout", message: "must be greater than zero when defined" }];
    const status = compose({ resource: undefined, violations, keepsLast: true, proxies: proxies(2, 2) });
    assert.deepEqual(said(status), [
      "Accepted=False Invalid: spec.to[0].default.interval: must be greater than zero when defined; spec.to[0].default.timeout: must be greater than zero when defined",
      "ResolvedRefs=Unknown Invalid: not valid",
      "Programmed=False Invalid: not valid; 2 of 2 proxies run with the last version that was",
    ]);
    assert.equal(status.target, undefined);
  });

  it("tells notices where they belong", () => {
    const notices = [notice("no-traffic-interval", "spec.to[0].default", "every minute only"), notice("unresolved-target", "spec.to[0].targetRef", "nobody provides backend"), notice("nobody-calls", "spec.to[0].targetRef", "nobody calls backend")];
    assert.deepEqual(said(compose({ notices })), [
      "Accepted=True AcceptedWithNotices: spec.to[0].default: every minute only",
      "ResolvedRefs=False TargetNotFound: spec.to[0].targetRef: nobody provides backend",
      "Programmed=False NoProxies: no connected proxy has anything of it in its configuration; spec.to[0].targetRef: nobody calls backend",
    ]);
    const several = compose({ notices: [notice("several-namespaces", "spec.to[0].targetRef", "means backend in a, b")] });
    assert.equal(said(several)[1], "ResolvedRefs=True ResolvedRefs: spec.to[0].targetRef: means backend in a, b");
  });

  it("names who refuses, with Envoy's text, and how many others do", () => {
    const refusals = [{ proxy: "web-1.demo", message: "cannot open /nowhere/hc.log" }];
    const [, , programmed] = said(compose({ proxies: { ...proxies(5, 3, 0, 2), refusals } }));
    assert.equal(programmed, "Programmed=False Rejected: 3 of 5 proxies; web-1.demo rejects it: cannot open /nowhere/hc.log; and 1 more");
  });

  it("is not programmed while a proxy has to answer, a replica has another version of it, or it is a shadow", () => {
    assert.equal(said(compose({ proxies: proxies(3, 2, 1) }))[2], "Programmed=False Pending: 2 of 3 proxies; 1 has to answer yet");
    assert.equal(said(compose({ proxies: { ...proxies(3, 3), behind: 2 } }))[2], "Programmed=False Pending: 3 of 3 proxies; 2 replicas of the control plane run with another version of it");
    assert.equal(said(compose({ resource: policy({ "kuma.io/effect": "shadow" }) }))[2], "Programmed=False Shadow: a shadow policy is only looked at");
  });

  it("keeps the time of a condition that did not turn, and conditions of others", () => {
    const foreign = { type: "Reviewed", status: "True", reason: "Bob", message: "", lastTransitionTime: now, observedGeneration: 1 } as const;
    const before = [...compose({ proxies: proxies(1, 1) }).conditions, foreign];
    const after = composeStatus(facts({ generation: 2, proxies: proxies(2, 1, 1) }), before, later);
    assert.deepEqual(after.conditions.map(({ type, lastTransitionTime, observedGeneration }) => [type, lastTransitionTime, observedGeneration]), [
      ["Accepted", now, 2], ["ResolvedRefs", now, 2], ["Programmed", later, 2], ["Reviewed", now, 1],
    ]);
  });

  it("of an object that is no policy is whether it is valid", () => {
    const status = composeStatus({ kind: "Mesh", generation: 4, resource: policy(), violations: [], notices: [] }, [], now);
    assert.deepEqual([said(status), Object.keys(status)], [["Accepted=True Accepted: valid"], ["observedGeneration", "conditions"]]);
  });

  it("cuts texts that are longer than anybody reads", () => {
    const violations = Array.from({ length: 100 }, (_, i) => ({ path: `spec.to[${i}].default`, message: "must have at least one defined: http, tcp, grpc" }));
    assert.equal(compose({ resource: undefined, violations }).conditions[0]?.message.length, 2_000);
  });
});

describe("the difference between two statuses", () => {
  const before = compose({ proxies: proxies(3, 3) });
  const against = (more: Partial<StatusFacts>) => compareStatuses(before, composeStatus(facts(more), before.conditions, later));
  it("is none where nothing changed, at whatever time", () => assert.equal(against({ proxies: proxies(3, 3) }), "same"));
  it("waits where only numbers change, or a proxy has to answer", () => {
    assert.equal(against({ proxies: proxies(4, 4) }), "soon");
    assert.equal(against({ proxies: proxies(4, 3, 1) }), "soon");
  });
  it("does not wait for a new generation, nor for a condition that turns for good", () => {
    assert.equal(against({ generation: 2, proxies: proxies(3, 3) }), "now");
    assert.equal(against({ proxies: proxies(3, 2, 0, 1) }), "now");
    assert.equal(against({ proxies: proxies(0, 0) }), "now");
    assert.equal(compareStatuses(undefined, before), "now");
  });
});

describe("the events of a new status", () => {
  const events = (before: ResourceStatus["conditions"], more: Partial<StatusFacts>): readonly string[] => statusEvents(before, composeStatus(facts(more), before, later)).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
  const good = compose({ proxies: proxies(3, 3) }).conditions;
  it("tell what turned, once", () => {
    assert.deepEqual(events([], { proxies: proxies(3, 3) }), ["Normal Programmed: 3 of 3 proxies"]);
    assert.deepEqual(events(good, { proxies: proxies(4, 4) }), []);
    assert.deepEqual(events(good, { proxies: proxies(4, 3, 1) }), []);
    assert.deepEqual(events(good, { proxies: proxies(4, 3, 0, 1) }), ["Warning Rejected: 3 of 4 proxies; and 1 more"]);
    assert.deepEqual(events(good, { resource: undefined, violations: [{ path: "spec", message: "no" }] }), ["Warning Invalid: spec: no"]);
  });
  it("fit into what the API server takes, whatever the alphabet", () => {
    const [event] = statusEvents(good, composeStatus(facts({ resource: undefined, violations: [{ path: "spec", message: "ж€".repeat(600) }] }), good, later));
    const length = new TextEncoder().encode(event?.note).length;
    assert.ok(length <= 1_000 && length > 990 && event?.note.endsWith("…") === true, `${length} bytes`);
  });
});
