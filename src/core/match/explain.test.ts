import assert from "node:assert/strict";
import { dataplane, healthCheck, inboundOf, meshService, outboundsTo, putOf, toMesh, toService, worldOf } from "../../../test/kit/resources.ts";
import { applyChanges, emptyWorld } from "../model/apply-changes.ts";
import type { Resource } from "../model/resource.ts";
import type { Policy, TargetRef } from "../model/target-ref.ts";
import { noticesFor } from "./explain.ts";

const web = dataplane("web-1", { inbound: [inboundOf("web")], outbound: outboundsTo("backend", "cache", "payment") });
const backend = dataplane("backend-1", { inbound: [inboundOf("backend")] });
const cache = dataplane("cache-1", { inbound: [inboundOf("cache", { protocolTag: "tcp" })] });
const payment = dataplane("payment-1", { inbound: [inboundOf("payment", { protocolTag: "grpc" })] });
const mesh = [web, backend, cache, payment];
const fromWeb: TargetRef = { kind: "MeshService", name: "web" };
/** Shorter than what the interval has to be compared with, so that only the notice under test is left. */
const quiet = { interval: "60s", unhealthyThreshold: 1 };

function told(resource: Resource, ...others: readonly Resource[]): readonly string[] {
  return noticesFor(worldOf(...others, resource), resource).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

describe("notices of a policy", () => {
  const cases: readonly (readonly [string, Policy, readonly Resource[], readonly RegExp[]])[] = [
    ["nothing to say", healthCheck("p", fromWeb, [toService("backend", { ...quiet, http: {} })]), mesh, []],
    [
      "selects nothing",
      healthCheck("p", { kind: "MeshService", name: "wbe" }, [toService("backend", { ...quiet, http: {} })]),
      mesh,
      [/^selects-nothing spec\.targetRef: no Dataplane is selected: none has an inbound with the tag kuma\.io\/service: wbe$/],
    ],
    [
      "names a service that nobody provides",
      healthCheck("p", fromWeb, [toService("bakcend", { ...quiet, http: {} })]),
      mesh,
      [/^unresolved-target spec\.to\[0\]\.targetRef: nobody provides MeshService bakcend/],
    ],
    [
      "names a port that the service has not",
      healthCheck("p", fromWeb, [toService("shop", { ...quiet, http: {} }, { sectionName: "81" })]),
      [...mesh, meshService("shop", { ports: [{ port: 80 }] })],
      [/^unresolved-target .*: nobody provides section 81 of MeshService shop/],
    ],
    [
      "means what no selected proxy calls",
      healthCheck("p", { kind: "MeshService", name: "cache" }, [toService("backend", { ...quiet, http: {} })]),
      mesh,
      [/^nobody-calls spec\.to\[0\]\.targetRef: no selected Dataplane has an outbound to MeshService backend$/],
    ],
    [
      "has tcp for an http service, without http being disabled",
      healthCheck("p", fromWeb, [toService("backend", { ...quiet, tcp: {} })]),
      mesh,
      [/^no-applicable-protocol spec\.to\[0\]\.default: backend: no check, because the protocol is http and there is no http block; tcp is used/],
    ],
    [
      "has no tcp for a tcp service",
      healthCheck("p", fromWeb, [toService("cache", { ...quiet, http: {} })]),
      mesh,
      [/^no-applicable-protocol .*: cache: no check, because the protocol is tcp and there is no tcp block$/],
    ],
    [
      "disables both",
      healthCheck("p", fromWeb, [toService("payment", { ...quiet, grpc: { disabled: true }, tcp: { disabled: true } })]),
      mesh,
      [/^no-applicable-protocol .*: payment: .* grpc and tcp are both disabled$/],
    ],
    [
      "is silenced by one endpoint without a protocol",
      healthCheck("p", fromWeb, [toService("backend", { ...quiet, http: {} })]),
      [...mesh, dataplane("backend-2", { inbound: [inboundOf("backend", { protocolTag: "" })] })],
      [/^endpoint-without-protocol spec\.to\[0\]\.default: backend: no check, because an inbound of Dataplane backend-2 has no kuma\.io\/protocol/],
    ],
    [
      "only connects to a peer's sidecar",
      healthCheck("p", fromWeb, [toService("cache", { ...quiet, tcp: {} })]),
      mesh,
      [/^connect-only-behind-sidecar spec\.to\[0\]\.default: cache: .*send and receive ask the app$/],
    ],
    ["asks the app", healthCheck("p", fromWeb, [toService("cache", { ...quiet, tcp: { send: "cGluZw==", receive: ["cG9uZw=="] } })]), mesh, []],
    [
      "says the same about several destinations once",
      healthCheck("p", fromWeb, [toMesh({ ...quiet, grpc: {} })]),
      mesh,
      [/: backend: no check, because the protocol is http/, /: cache: no check, because the protocol is tcp/],
    ],
  ];
  for (const [title, policy, others, expected] of cases) {
    it(title, () => {
      const notices = told(policy, ...others);
      assert.equal(notices.length, expected.length, notices.join("\n"));
      for (const [i, pattern] of expected.entries()) assert.match(notices[i] ?? "", pattern);
    });
  }

  it("lists destinations of one kind together", () => {
    const names = ["a", "b", "c", "d", "e"];
    const caller = dataplane("web-1", { inbound: [inboundOf("web")], outbound: outboundsTo(...names) });
    const providers = names.map((name) => dataplane(name, { inbound: [inboundOf(name)] }));
    const notices = told(healthCheck("p", fromWeb, [toMesh({ ...quiet, tcp: {} })]), caller, ...providers);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /: a, b, c and 2 more: no check, because the protocol is http/);
  });

  it("says nothing of a block that another policy adds", () => {
    const other = healthCheck("base", undefined, [toMesh({ http: {} })]);
    assert.deepEqual(told(healthCheck("p", fromWeb, [toService("backend", { ...quiet, tcp: {} })]), ...mesh, other), []);
  });

  it("tells an operator whose name means Services in several namespaces", () => {
    const tags = ["backend_ns1_svc_80", "backend_ns2_svc_80"];
    const caller = dataplane("web-1", { inbound: [inboundOf("web")], outbound: outboundsTo(...tags) });
    const providers = tags.map((tag, i) => dataplane(`b-${i}`, { inbound: [inboundOf(tag)] }));
    const [notice] = told(healthCheck("p", fromWeb, [toService("backend", { ...quiet, http: {} })]), caller, ...providers);
    assert.match(notice ?? "", /^several-namespaces spec\.to\[0\]\.targetRef: means backend in each of the namespaces ns1, ns2/);
  });

  it("says that there is no such mesh", () => {
    const policy = healthCheck("p", undefined, []);
    const notices = noticesFor(applyChanges(emptyWorld, [putOf(policy)]), policy);
    assert.deepEqual(notices.map(({ code }) => code), ["mesh-missing"]);
  });
});

describe("notices of a Dataplane and of a MeshService", () => {
  it("tell of outbounds that lead nowhere", () => {
    const outbound = [...outboundsTo("gone"), { port: 1, backendRef: { kind: "MeshService", name: "nowhere", port: 80 } }];
    const notices = told(dataplane("web-1", { outbound }));
    assert.equal(notices.length, 2);
    assert.match(notices[0] ?? "", /^unresolved-target networking\.outbound\[1\]: .*there is no MeshService "nowhere"/);
    assert.match(notices[1] ?? "", /^unresolved-target networking\.outbound\[0\]: no Dataplane has an inbound for the service gone/);
  });

  it("tell of ports without endpoints", () => {
    const spec = { selector: { dataplaneTags: { "kuma.io/service": "backend" } }, ports: [{ port: 80, targetPort: 8080 }, { port: 81 }] };
    const notices = told(meshService("shop", spec), backend);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /^selects-nothing spec\.ports\[1\]: .* port 81 has no endpoints$/);
  });
});
