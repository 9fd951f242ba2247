import assert from "node:assert/strict";
import { applyChanges, changesTo, emptyWorld } from "../model/apply-changes.ts";
import type { Resource } from "../model/resource.ts";
import { noticesFor } from "./explain.ts";

function meshOf(mode: "STRICT" | "PERMISSIVE" | undefined): Resource {
  const mtls = mode === undefined ? {} : { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin", mode }] };
  return { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls } };
}

function dataplane(name: string, networking: object): Resource {
  return { kind: "Dataplane", mesh: "default", name, labels: {}, spec: { networking: { address: "192.168.0.1", ...networking } } };
}

function policy(kind: string, name: string, spec: object): Resource {
  return { kind, mesh: "default", name, labels: {}, spec };
}

const outbound = [{ port: 10001, tags: { "kuma.io/service": "backend" } }];
const web = dataplane("web-1", { inbound: [{ port: 80, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound });
const job = dataplane("job-1", { outbound });
const backend = dataplane("backend-1", { address: "192.168.0.2", inbound: [{ port: 80, tags: { "kuma.io/service": "backend", "kuma.io/protocol": "http" } }] });
const check = policy("MeshHealthCheck", "check", { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: { http: {}, noTrafficInterval: "1m", interval: "1m" } }] });
const allow = (service: string) => policy("MeshTrafficPermission", "who", { rules: [{ default: { allow: [{ spiffeID: { type: "Exact", value: `spiffe://default/${service}` } }] } }] });

function told(about: Resource, ...resources: Resource[]): string[] {
  const world = applyChanges(emptyWorld, changesTo(emptyWorld, resources));
  return noticesFor(world, about).map(({ code, path, message }) => `${code} ${path} ${message}`);
}

describe("notices about checks and mutual TLS", () => {
  it("say nothing where callers have certificates and may call", () => {
    assert.deepEqual(told(check, meshOf("STRICT"), web, backend, check), []);
    assert.deepEqual(told(check, meshOf("STRICT"), web, backend, check, allow("web")), []);
    assert.deepEqual(told(check, meshOf(undefined), web, job, backend, check, allow("other")), []);
  });

  it("tell of a check whose sender may not call", () => {
    assert.deepEqual(told(check, meshOf("STRICT"), web, backend, check, allow("other")), [
      "may-not-call spec.to[0].targetRef backend: the check of Dataplane web-1 fails, because it may not call Dataplane backend-1 (MeshTrafficPermission), however healthy that is",
    ]);
  });

  it("tell of a check in plain text of somebody who takes nothing but mutual TLS", () => {
    const [only, ...more] = told(check, meshOf("STRICT"), job, backend, check);
    assert.match(only ?? "", /^plain-text-refused spec\.to\[0\]\.targetRef backend: the check of Dataplane job-1 fails, because it comes in plain text/);
    assert.deepEqual(more, []);
    assert.deepEqual(told(check, meshOf("PERMISSIVE"), job, backend, check), []);
    const strict = policy("MeshTLS", "strict", { targetRef: { kind: "Dataplane", name: "backend-1" }, rules: [{ default: { mode: "Strict" } }] });
    assert.match(told(check, meshOf("PERMISSIVE"), job, backend, check, strict)[0] ?? "", /^plain-text-refused/);
  });

  it("tell of permissions that plain text passes by, or that do nothing", () => {
    const codes = (of: Resource, ...more: Resource[]) => told(of, ...more, of).map((text) => text.split(" ")[0]);
    assert.deepEqual(codes(allow("web"), meshOf("STRICT"), web, backend), []);
    assert.deepEqual(codes(allow("web"), meshOf("PERMISSIVE"), web, backend), ["plain-text-let-in"]);
    assert.deepEqual(codes(allow("web"), meshOf(undefined), web, backend), ["inert-setting"]);
    assert.deepEqual(codes(policy("MeshTLS", "t", { rules: [{ default: { mode: "Strict" } }] }), meshOf(undefined), web, backend), ["inert-setting"]);
  });
});

describe("notices about proxies without a name", () => {
  const why = "it has neither a tag kuma.io/service nor a label kuma.io/workload to be named by, and so no certificate";
  const calls = "it calls in plain text, which is refused where mutual TLS is asked for";
  const nobody = dataplane("nobody-1", { inbound: [{ port: 80 }] });

  it("are told on the proxy, where its mesh has mutual TLS", () => {
    assert.deepEqual(told(job, meshOf("STRICT"), job, backend), [`no-identity networking ${why}: ${calls}`]);
    assert.deepEqual(told(nobody, meshOf("STRICT"), nobody), [`no-identity networking ${why}: ${calls}; inbounds that are strict let nobody in`]);
    assert.deepEqual(told(nobody, meshOf("PERMISSIVE"), nobody), [`no-identity networking ${why}: ${calls}; inbounds that are permissive take plain text alone`]);
    assert.deepEqual(told(nobody, meshOf(undefined), nobody), []);
  });

  it("are not told of proxies that a tag or the label names", () => {
    for (const named of [web, { ...nobody, labels: { "kuma.io/workload": "job" } }]) assert.deepEqual(told(named, meshOf("STRICT"), named, web, backend), []);
  });
});
